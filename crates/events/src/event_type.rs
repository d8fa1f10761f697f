use crate::SubjectKind;

/// What happened. The major version of the data's shape is part of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    /// A user was created.
    UserProvisioned,
    /// A user changed in something other than `active`.
    UserChanged,
    /// `active` became false.
    UserDeactivated,
    /// `active` became true again.
    UserReactivated,
    /// A user was deleted.
    UserDeprovisioned,
    /// A group was created.
    GroupProvisioned,
    /// A group changed in something other than its members.
    GroupChanged,
    /// A group was deleted.
    GroupDeprovisioned,
    /// Members joined or left a group.
    MembershipChanged,
    /// An integration was enabled, paused, disabled or set up otherwise.
    IntegrationChanged,
    /// A part of what the directory holds was told.
    SnapshotChunk,
    /// All that the directory held was told.
    SnapshotEnded,
}

impl EventType {
    /// Every type, for tables and tests.
    pub const ALL: [Self; 12] = [
        Self::UserProvisioned,
        Self::UserChanged,
        Self::UserDeactivated,
        Self::UserReactivated,
        Self::UserDeprovisioned,
        Self::GroupProvisioned,
        Self::GroupChanged,
        Self::GroupDeprovisioned,
        Self::MembershipChanged,
        Self::IntegrationChanged,
        Self::SnapshotChunk,
        Self::SnapshotEnded,
    ];

    /// CloudEvents `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserProvisioned => "com.illuxilms.directory.user.provisioned.v1",
            Self::UserChanged => "com.illuxilms.directory.user.changed.v1",
            Self::UserDeactivated => "com.illuxilms.directory.user.deactivated.v1",
            Self::UserReactivated => "com.illuxilms.directory.user.reactivated.v1",
            Self::UserDeprovisioned => "com.illuxilms.directory.user.deprovisioned.v1",
            Self::GroupProvisioned => "com.illuxilms.directory.group.provisioned.v1",
            Self::GroupChanged => "com.illuxilms.directory.group.changed.v1",
            Self::GroupDeprovisioned => "com.illuxilms.directory.group.deprovisioned.v1",
            Self::MembershipChanged => "com.illuxilms.directory.membership.changed.v1",
            Self::IntegrationChanged => "com.illuxilms.directory.integration.changed.v1",
            Self::SnapshotChunk => "com.illuxilms.directory.snapshot.chunk.v1",
            Self::SnapshotEnded => "com.illuxilms.directory.snapshot.ended.v1",
        }
    }

    /// The type of that name; `None` for one that this version does not know.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|candidate| candidate.as_str() == name)
    }

    /// Kind of subject that events of this type are about.
    pub fn subject_kind(self) -> SubjectKind {
        match self {
            Self::UserProvisioned
            | Self::UserChanged
            | Self::UserDeactivated
            | Self::UserReactivated
            | Self::UserDeprovisioned => SubjectKind::User,
            Self::GroupProvisioned
            | Self::GroupChanged
            | Self::GroupDeprovisioned
            | Self::MembershipChanged => SubjectKind::Group,
            Self::IntegrationChanged | Self::SnapshotChunk | Self::SnapshotEnded => SubjectKind::Integration,
        }
    }

    /// Last two words of a routing key, such as `user.changed`.
    pub fn routing_suffix(self) -> &'static str {
        match self {
            Self::UserProvisioned => "user.provisioned",
            Self::UserChanged => "user.changed",
            Self::UserDeactivated => "user.deactivated",
            Self::UserReactivated => "user.reactivated",
            Self::UserDeprovisioned => "user.deprovisioned",
            Self::GroupProvisioned => "group.provisioned",
            Self::GroupChanged => "group.changed",
            Self::GroupDeprovisioned => "group.deprovisioned",
            Self::MembershipChanged => "membership.changed",
            Self::IntegrationChanged => "integration.changed",
            Self::SnapshotChunk => "snapshot.chunk",
            Self::SnapshotEnded => "snapshot.ended",
        }
    }
}
