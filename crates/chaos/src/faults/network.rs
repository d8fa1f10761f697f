//! The ways between the processes and their servers.

use std::time::Duration;

use testkit::proxy::Direction::{Downstream, Upstream};
use testkit::proxy::{CuttingProxy, Trap, Weather};

use super::{OF_A_USER, seconds, trapped};
use crate::trial::Stage;

pub(crate) async fn slow(stage: &mut Stage) -> anyhow::Result<()> {
    let weather = Weather {
        delay: Duration::from_millis(300),
        jitter: Duration::from_millis(100),
        ..Weather::default()
    };
    set_everywhere(stage, &weather);
    stage.go_on(seconds(25)).await;
    Ok(())
}

/// Byte by byte, and then no more than 50 kB a second.
pub(crate) async fn thin(stage: &mut Stage) -> anyhow::Result<()> {
    set_everywhere(stage, &Weather { slice: Some(1), ..Weather::default() });
    stage.go_on(seconds(10)).await;
    let narrow = Weather { slice: Some(500), bytes_per_second: Some(50_000), ..Weather::default() };
    set_everywhere(stage, &narrow);
    stage.go_on(seconds(10)).await;
    Ok(())
}

/// Resets, then connections that look open and are dead in one direction.
pub(crate) async fn half_open(stage: &mut Stage) -> anyhow::Result<()> {
    for _ in 0..3 {
        for proxy in all(stage) {
            proxy.reset();
        }
        stage.go_on(seconds(2)).await;
    }
    for direction in [Upstream, Downstream] {
        set_everywhere(stage, &Weather { swallowed: Some(direction), ..Weather::default() });
        stage.go_on(seconds(25)).await;
        set_everywhere(stage, &Weather::default());
        stage.go_on(seconds(5)).await;
    }
    // What was swallowed is gone: a connection that goes on in the middle of it is of no use to anybody.
    for proxy in all(stage) {
        proxy.cut();
    }
    Ok(())
}

/// The broker has the message, and the relay never hears of it.
pub(crate) async fn confirm_lost(stage: &mut Stage) -> anyhow::Result<()> {
    for _ in 0..5 {
        stage.world.publisher_proxy.set_trap(Trap::at(Upstream, OF_A_USER).hold(Downstream));
        trapped(&stage.world.publisher_proxy).await?;
        stage.go_on(Duration::from_millis(300)).await;
        stage.world.publisher_proxy.cut();
    }
    Ok(())
}

/// Every connection ends at some byte, again and again.
pub(crate) async fn cut_anywhere(stage: &mut Stage) -> anyhow::Result<()> {
    for round in 0..10 {
        for proxy in all(stage) {
            let direction = if round % 2 == 0 { Upstream } else { Downstream };
            proxy.cut_after(direction, 1_000 + 777 * round);
        }
        stage.go_on(seconds(2)).await;
    }
    Ok(())
}

fn all(stage: &Stage) -> [&CuttingProxy; 4] {
    let world = &stage.world;
    [&world.directory_proxy, &world.lms_proxy, &world.publisher_proxy, &world.consumer_proxy]
}

fn set_everywhere(stage: &Stage, weather: &Weather) {
    for proxy in all(stage) {
        proxy.set_weather(weather.clone());
    }
}
