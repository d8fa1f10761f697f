//! The plan of a bulk request comes to its end, whatever its operations come to: each runs once, and a POST may be
//! completed once afterwards.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::bulk::{BulkMethod, BulkPlan, BulkRequest};
use scim::json;

// The first byte decides how operations end: the rest is the body.
fuzz_target!(|input: &[u8]| {
    let Some((outcomes, body)) = input.split_first() else { return };
    let Ok(body) = json::parse(body) else { return };
    let may_stop_early = body.keys().any(|name| name.eq_ignore_ascii_case("failOnErrors"));
    let Ok(request) = BulkRequest::parse(body) else { return };
    let operations = (0..).take_while(|position| request.operation(*position).is_some()).count();
    let mut steps = vec![0; operations];
    let mut plan = BulkPlan::new(request);
    let mut turn = 0;
    while let Some(step) = plan.next_step() {
        steps[step.position] += 1;
        assert_eq!(step.is_completion, steps[step.position] == 2, "operation {}", step.position);
        assert!(steps[step.position] <= 2, "operation {}", step.position);
        turn += 1;
        let fails = outcomes >> (turn % 8) & 1 == 1;
        let id = step.position.to_string();
        let outcome = match &step.call {
            Ok(call) if !fails => Ok((call.method == BulkMethod::Post).then_some(id.as_str())),
            _ => Err(()),
        };
        plan.finish(&step, outcome);
    }
    assert!(may_stop_early || !steps.contains(&0), "an operation never ran");
});
