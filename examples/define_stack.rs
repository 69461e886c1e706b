//! Defines a stack with typed operations, stores, reads, changes and copies it, and uses it in a render URL.
//!
//! `cargo run --example define_stack` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` and
//! `ROKKA_ORGANIZATION` set, it uses the real service and deletes what it stores.

use std::error::Error;

use futures_util::TryStreamExt;
use rokka::render::{RenderUrl, Value};
use rokka::stacks::operations::{Anchor, Crop, Resize, ResizeMode};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, StackDefinition, StackExpression, StackOptions};

/// The prefix `_preview` makes a stack temporary: the service deletes it after some days.
const NAME: &str = "_preview_card";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Keeps the emulator running.
    let emulator;
    let organization = std::env::var("ROKKA_ORGANIZATION").ok();
    let key = std::env::var("ROKKA_API_KEY").ok();
    let (rokka, organization) = if let (Some(_), Some(organization)) = (key, organization) {
        (Client::from_env()?, organization)
    } else {
        emulator = Emulator::start().await;
        (emulator.client()?, emulator.organization().to_owned())
    };
    let stacks = rokka.stacks(&organization)?;

    // Cards are twice as wide as high. A render URL can override the width.
    let card = StackDefinition::new()
        .description("Cards of the shop")
        .variable("w", 400)
        .variable("h", "$w / 2")
        .operation(
            Resize::new(Value::expression("$w"), Value::expression("$h")).mode(ResizeMode::Fill),
        )
        .operation(Crop::new(Value::expression("$w"), Value::expression("$h")).anchor(Anchor::Auto))
        .options(StackOptions::new().jpg_quality(80).autoformat(true))
        .expression(StackExpression::new("options.dpr >= 2").option("jpg.quality", 60));
    let stack = stacks.create(NAME, card).overwrite().await?;
    println!(
        "{} has {} operations",
        stack.name,
        stack.stack_operations.len()
    );

    // Invalid values fail before anything is sent.
    let invalid = StackDefinition::new().operation(Resize::to_width(0));
    if let Err(error) = stacks.create(NAME, invalid).await {
        println!("refused: {error}");
    }

    // Read the stack, change one option, and write it back.
    let changed = StackDefinition::from(stacks.get(NAME).await?).option("webp.quality", 70);
    stacks.create(NAME, changed).overwrite().await?;
    stacks.copy(NAME, "_preview_card_2").overwrite().await?;

    let mut all = stacks.list().stream();
    while let Some(stack) = all.try_next().await? {
        println!("{}: {:?}", stack.name, *stack.stack_options);
    }

    let url = RenderUrl::new(&organization, "3f9a21")?
        .stack(NAME)
        .variable("w", 600)
        .url()?;
    println!("{url}");

    let operations = rokka.operations().await?;
    println!("the service supports {} operations", operations.len());

    stacks.delete(NAME).await?;
    stacks.delete("_preview_card_2").await?;
    Ok(())
}
