//! A stack from start to end: defined with types, stored, read, changed, copied, and used in a URL.
//!
//! `cargo run --example define_stack --features testing` needs no account: it talks to an in-memory rokka. With
//! `ROKKA_API_KEY` and `ROKKA_ORGANIZATION` set it uses the real service, and deletes what it has stored.

use std::error::Error;

use futures_util::TryStreamExt;
use rokka::render::{RenderUrl, Value};
use rokka::stacks::operations::{Anchor, Crop, Resize, ResizeMode};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, StackDefinition, StackExpression, StackOptions};

/// Temporary: the service deletes stacks of such a name by itself.
const NAME: &str = "_preview_card";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Stays alive as long as it is needed.
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

    // Cards are twice as wide as high; a URL may ask for another width.
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

    // What is wrong is said before anything is sent.
    let wrong = StackDefinition::new().operation(Resize::to_width(0));
    if let Err(error) = stacks.create(NAME, wrong).await {
        println!("refused: {error}");
    }

    // Read, change one thing, write back.
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

    let known = rokka.operations().await?;
    println!("the service knows {} operations", known.len());

    stacks.delete(NAME).await?;
    stacks.delete("_preview_card_2").await?;
    Ok(())
}
