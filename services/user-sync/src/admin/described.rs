use utoipa::openapi::content::Content;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder};
use utoipa::openapi::{
    ContentBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema, SchemaFormat,
    Type,
};
use utoipa::{PartialSchema, ToSchema};

/// A schema under its name, with those that it names.
pub(super) struct NamedSchema {
    pub(super) name: String,
    /// It and all below it.
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl NamedSchema {
    pub(super) fn of<T: ToSchema>() -> Self {
        let name = T::name().into_owned();
        let mut schemas = vec![(name.clone(), T::schema())];
        T::schemas(&mut schemas);
        Self { name, schemas }
    }

    pub(super) fn content(&self) -> Content {
        content(Ref::from_schema_name(&self.name))
    }
}

/// What a route answers when all is well.
pub(super) struct Answer {
    pub(super) status: &'static str,
    pub(super) response: Response,
    /// The schemas that it names.
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Answer {
    pub(super) fn one<T: ToSchema>() -> Self {
        Self::named::<T>("200", "It was carried out")
    }

    pub(super) fn accepted<T: ToSchema>() -> Self {
        Self::named::<T>("202", "It will be carried out")
    }

    fn named<T: ToSchema>(status: &'static str, description: &str) -> Self {
        let named = NamedSchema::of::<T>();
        let response = response(description).content("application/json", named.content()).build();
        Self { status, response, schemas: named.schemas }
    }

    /// A part of a list.
    pub(super) fn page<T: ToSchema>() -> Self {
        let id = ObjectBuilder::new().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        Self::part::<T>(id.schema_type(Type::String))
    }

    /// A part of a list that is numbered.
    pub(super) fn numbered_page<T: ToSchema>() -> Self {
        Self::part::<T>(ObjectBuilder::new().schema_type(Type::Integer))
    }

    /// A part of a list that is ordered by texts.
    pub(super) fn text_page<T: ToSchema>() -> Self {
        Self::part::<T>(ObjectBuilder::new().schema_type(Type::String))
    }

    fn part<T: ToSchema>(cursor: ObjectBuilder) -> Self {
        let named = NamedSchema::of::<T>();
        let items = ArrayBuilder::new().items(Ref::from_schema_name(&named.name));
        let end = ObjectBuilder::new().schema_type(Type::Null);
        let next = AnyOfBuilder::new().item(cursor).item(end);
        let next = next.description(Some("Goes into `cursor` for the next part; null at the end."));
        let page = ObjectBuilder::new().property("items", items).required("items").property("next", next);
        let page = Schema::from(page.required("next").build());
        let response = response("A part of the list").content("application/json", content(page)).build();
        Self { status: "200", response, schemas: named.schemas }
    }

    /// All of a list as CSV, or as one `T` in each line.
    pub(super) fn export<T: ToSchema>() -> Self {
        let named = NamedSchema::of::<T>();
        let response = response("All that the parameters select")
            .content("text/csv", content(String::schema()))
            .content("application/x-ndjson", named.content())
            .build();
        Self { status: "200", response, schemas: named.schemas }
    }

    pub(super) fn object() -> Self {
        let object = Schema::from(ObjectBuilder::new().build());
        let response = response("The description").content("application/json", content(object)).build();
        Self { status: "200", response, schemas: Vec::new() }
    }

    pub(super) fn nothing() -> Self {
        Self { status: "204", response: response("It was carried out").build(), schemas: Vec::new() }
    }
}

fn response(description: &str) -> ResponseBuilder {
    ResponseBuilder::new().description(description)
}

fn content(schema: impl Into<RefOr<Schema>>) -> Content {
    ContentBuilder::new().schema(Some(schema)).build()
}
