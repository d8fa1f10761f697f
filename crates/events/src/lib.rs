#![doc = include_str!("../README.md")]

mod codec;
mod envelope;
mod event_type;
mod fact;
mod ports;
mod sequence;
mod subject;
mod tombstone;

/// Messages generated from `proto/illuxi/directory/v1`, with the proto3 JSON mapping.
#[allow(
    missing_docs,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "generated; documented in the .proto file"
)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/illuxi.directory.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/illuxi.directory.v1.serde.rs"));
}

pub use pbjson_types::Timestamp;

pub use codec::{ContentType, DecodeError, Event, EventData, Message};
pub use envelope::{Envelope, Environment, EventId, UnknownEnvironment};
pub use event_type::EventType;
pub use fact::{Fact, State};
pub use ports::{Applied, EventHandler, EventPublisher, HandlerUnavailable, PARKED_REASON, PublishError};
pub use sequence::{Sequence, SequenceError};
pub use subject::{Subject, SubjectError, SubjectKind};
pub use tombstone::name_before_tombstone;
