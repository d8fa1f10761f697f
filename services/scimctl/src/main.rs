//! The command line of the administrators' API.

fn main() {}
