/// Runs the work to its end on a thread and a runtime of its own.
///
/// `Drop` needs that: it may run on a runtime's thread, where blocking is forbidden, and while a test unwinds, when
/// that runtime is about to go away. A failure is printed and not raised, because a second panic would abort.
pub(crate) fn run_to_end<F>(what: &str, work: F)
where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(work)
    });
    match thread.join() {
        Ok(Ok(())) => {}
        Ok(Err(reason)) => eprintln!("testkit left something behind: {what}: {reason}"),
        Err(_) => eprintln!("testkit left something behind: {what}: the clean-up panicked"),
    }
}
