use super::*;
use crate::error::ScimType;

fn request(operations: Value) -> Result<BulkRequest, ScimError> {
    with(json!({ "Operations": operations }))
}

fn with(members: Value) -> Result<BulkRequest, ScimError> {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]));
    body.extend(members.as_object().unwrap().clone());
    BulkRequest::parse(body)
}

fn post(bulk_id: &str, path: &str, data: Value) -> Value {
    json!({ "method": "POST", "bulkId": bulk_id, "path": path, "data": data })
}

/// Runs a plan. Every POST creates the resource `id-<position>`, but those in `failing`.
fn run(request: BulkRequest, failing: &[usize]) -> Vec<Step> {
    let mut plan = BulkPlan::new(request);
    let mut steps = Vec::new();
    while let Some(step) = plan.next_step() {
        let id = format!("id-{}", step.position);
        let outcome = match &step.call {
            Ok(_) if failing.contains(&step.position) => Err(()),
            Ok(call) if call.method == BulkMethod::Post => Ok(Some(id.as_str())),
            Ok(_) => Ok(None),
            Err(_) => Err(()),
        };
        plan.finish(&step, outcome);
        steps.push(step);
    }
    steps
}

fn call(step: &Step) -> &BulkCall {
    step.call.as_ref().unwrap()
}

fn status(step: &Step) -> u16 {
    step.call.as_ref().unwrap_err().status
}

#[test]
fn operations_run_in_order() {
    let operations = json!([
        post("u", "/Users", json!({ "userName": "a" })),
        { "method": "patch", "path": "/Users/bulkId:u", "data": { "Operations": [] } },
        { "Method": "DELETE", "Path": "/Users/bulkId:u", "version": "W/\"2\"" },
    ]);
    let steps = run(request(operations).unwrap(), &[]);
    assert_eq!(steps.iter().map(|step| step.position).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(call(&steps[1]).path, "/Users/id-0");
    assert_eq!(
        (call(&steps[2]).path.as_str(), call(&steps[2]).version.as_deref()),
        ("/Users/id-0", Some("W/\"2\""))
    );
}

#[test]
fn a_reference_backwards_is_resolved_wherever_it_stands() {
    let operations = json!([
        post("u", "/Users", json!({})),
        post("g", "/Groups", json!({ "members": [{ "value": "bulkId:u" }] })),
        { "method": "PATCH", "path": "/Groups/bulkId:g", "data": { "Operations": [
            { "op": "remove", "path": "members[value eq \"bulkId:u\"]" },
            { "op": "add", "path": "members", "value": [{ "value": "bulkId:u" }] },
        ] } },
    ]);
    let steps = run(request(operations).unwrap(), &[]);
    assert_eq!(call(&steps[1]).data["members"], json!([{ "value": "id-0" }]));
    assert_eq!(call(&steps[2]).path, "/Groups/id-1");
    assert_eq!(call(&steps[2]).data["Operations"][0]["path"], "members[value eq \"id-0\"]");
    assert_eq!(call(&steps[2]).data["Operations"][1]["value"], json!([{ "value": "id-0" }]));
}

#[test]
fn a_post_that_refers_forwards_is_completed_when_the_other_exists() {
    let members = json!([{ "value": "known" }, { "value": "bulkId:u" }]);
    let operations = json!([
        post("g", "/Groups", json!({ "displayName": "G", "members": members })),
        post("u", "/Users", json!({ "userName": "a" })),
    ]);
    let steps = run(request(operations).unwrap(), &[]);
    let order: Vec<_> = steps.iter().map(|step| (step.position, step.is_completion)).collect();
    assert_eq!(order, [(0, false), (1, false), (0, true)]);
    assert_eq!(
        Value::Object(call(&steps[0]).data.clone()),
        json!({ "displayName": "G", "members": [{ "value": "known" }] })
    );
    assert_eq!(call(&steps[2]).method, BulkMethod::Patch);
    assert_eq!(call(&steps[2]).path, "/Groups/id-0");
    assert_eq!(
        call(&steps[2]).data["Operations"],
        json!([{ "op": "add", "value": { "members": [{ "value": "id-1" }] } }])
    );
}

#[test]
fn people_who_manage_each_other_are_created_and_then_linked() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let person = |other: &str| json!({ "userName": other, urn: { "department": "D", "manager": { "value": format!("bulkId:{other}") } } });
    let operations = json!([post("a", "/Users", person("b")), post("b", "/Users", person("a"))]);
    let steps = run(request(operations).unwrap(), &[]);
    assert_eq!(call(&steps[0]).data[urn], json!({ "department": "D" }));
    assert_eq!(call(&steps[1]).data[urn], json!({ "department": "D", "manager": { "value": "id-0" } }));
    assert_eq!(
        call(&steps[2]).data["Operations"],
        json!([{ "op": "add", "value": { urn: { "manager": { "value": "id-1" } } } }])
    );
    assert_eq!(call(&steps[2]).path, "/Users/id-0");
}

#[test]
fn what_is_no_post_waits_for_the_resource_it_names() {
    let operations = json!([
        { "method": "PATCH", "path": "/Groups/g", "data": { "Operations": [
            { "op": "add", "path": "members", "value": [{ "value": "bulkId:u" }] }
        ] } },
        { "method": "DELETE", "path": "/Users/x" },
        post("u", "/Users", json!({})),
        { "method": "DELETE", "path": "/Users/y" },
    ]);
    let steps = run(request(operations).unwrap(), &[]);
    assert_eq!(steps.iter().map(|step| step.position).collect::<Vec<_>>(), [1, 2, 0, 3]);
    assert_eq!(call(&steps[2]).data["Operations"][0]["value"], json!([{ "value": "id-2" }]));
}

#[test]
fn a_reference_to_nothing_fails_alone() {
    let operations = json!([
        post("g", "/Groups", json!({ "members": [{ "value": "bulkId:nobody" }] })),
        { "method": "DELETE", "path": "/Users/bulkId:nobody" },
        post("u", "/Users", json!({ "displayName": "bulkId:nobody" })),
    ]);
    let steps = run(request(operations).unwrap(), &[]);
    assert_eq!((status(&steps[0]), status(&steps[1])), (400, 400));
    assert_eq!(call(&steps[2]).data["displayName"], "bulkId:nobody", "just text");
}

#[test]
fn what_refers_to_a_failed_operation_fails_too() {
    let operations = json!([
        post("g", "/Groups", json!({ "members": [{ "value": "bulkId:u" }] })),
        post("u", "/Users", json!({})),
        { "method": "DELETE", "path": "/Users/bulkId:u" },
    ]);
    let steps = run(request(operations).unwrap(), &[1]);
    let order: Vec<_> = steps.iter().map(|step| (step.position, step.is_completion)).collect();
    assert_eq!(order, [(0, false), (1, false), (0, true), (2, false)]);
    assert_eq!((status(&steps[2]), status(&steps[3])), (409, 409));
}

#[test]
fn a_post_that_fails_is_not_completed() {
    let operations = json!([
        post("g", "/Groups", json!({ "members": [{ "value": "bulkId:u" }] })),
        post("u", "/Users", json!({})),
    ]);
    let steps = run(request(operations).unwrap(), &[0]);
    assert_eq!(steps.iter().map(|step| step.position).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn enough_errors_end_it() {
    let bad = json!({ "method": "GET", "path": "/Users" });
    let operations = json!([bad, post("u", "/Users", json!({})), bad, post("v", "/Users", json!({}))]);
    let positions = |fail_on_errors: Value| {
        let steps =
            run(with(json!({ "failOnErrors": fail_on_errors, "Operations": operations })).unwrap(), &[]);
        steps.iter().map(|step| step.position).collect::<Vec<_>>()
    };
    assert_eq!(positions(json!(1)), [0]);
    assert_eq!(positions(json!(2)), [0, 1, 2]);
    assert_eq!(positions(json!(null)), [0, 1, 2, 3]);
}

#[test]
fn a_resource_that_is_left_incomplete_is_told_of() {
    let members = json!({ "displayName": "G", "members": [{ "value": "bulkId:u" }] });
    let operations = json!([post("g", "/Groups", members), post("u", "/Users", json!({}))]);
    let request = with(json!({ "failOnErrors": 1, "Operations": operations })).unwrap();
    let steps = run(request, &[1]);
    let order: Vec<_> = steps.iter().map(|step| (step.position, step.is_completion)).collect();
    assert_eq!(order, [(0, false), (1, false), (0, true)]);
    assert_eq!(status(&steps[2]), 409);
}

#[test]
fn only_values_and_paths_are_references() {
    let operations = json!([
        post("u", "/Users", json!({ "userName": "a" })),
        post("v", "/Users", json!({ "displayName": "bulkId:u", "title": "bulkId:w" })),
        post("w", "/Users", json!({})),
    ]);
    let steps = run(request(operations).unwrap(), &[]);
    assert_eq!(steps.len(), 3);
    assert_eq!(
        Value::Object(call(&steps[1]).data.clone()),
        json!({ "displayName": "bulkId:u", "title": "bulkId:w" })
    );
}

#[test]
fn an_operation_that_cannot_be_read_fails_alone() {
    for operation in [
        json!(7),
        json!({ "path": "/Users" }),
        json!({ "method": "POST", "path": "/Users", "data": {} }),
        json!({ "method": "POST", "bulkId": "x", "path": "/Users" }),
        json!({ "method": "PATCH", "path": 7, "data": {} }),
        json!({ "method": "PUT", "path": "/Users/1", "data": [] }),
        json!({ "method": "DELETE", "path": "/Users/1", "version": 3 }),
    ] {
        let steps =
            run(request(json!([operation, { "method": "DELETE", "path": "/Users/1" }])).unwrap(), &[]);
        let refusal = steps[0].call.as_ref().unwrap_err();
        assert_eq!((refusal.status, refusal.scim_type), (400, Some(ScimType::InvalidSyntax)), "{operation}");
        assert!(steps[1].call.is_ok());
    }
}

#[test]
fn an_envelope_that_cannot_be_read_fails_whole() {
    let refusal = |outcome: Result<BulkRequest, ScimError>| {
        let error = outcome.unwrap_err();
        (error.status, error.scim_type)
    };
    let syntax = (400, Some(ScimType::InvalidSyntax));
    let value = (400, Some(ScimType::InvalidValue));
    assert_eq!(refusal(with(json!({}))), syntax);
    assert_eq!(refusal(with(json!({ "Operations": {} }))), syntax);
    assert_eq!(refusal(request(json!([]))), syntax);
    assert_eq!(refusal(BulkRequest::parse(Map::new())), syntax);
    let delete = json!({ "method": "DELETE", "path": "/Users/1" });
    assert_eq!(refusal(with(json!({ "failOnErrors": 0, "Operations": [delete] }))), value);
    assert_eq!(refusal(with(json!({ "failOnErrors": "1", "Operations": [delete] }))), value);
    let twice = post("u", "/Users", json!({}));
    assert_eq!(refusal(request(json!([twice, twice]))), value);
    assert_eq!(refusal(request(json!(vec![delete; 1_001]))).0, 413);
}
