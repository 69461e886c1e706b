//! Tables: as wide as the terminal, with a bold heading.

use super::{fit, lines, start_command_in, start_in, unstyled};
use crate::support::World;

const BOLD: &str = "\u{1b}[1m";

/// A world with images, stacks and a member whose texts are long.
fn world() -> World {
    let world = World::new();
    world.upload("a-picture-of-a-cat-that-sleeps-in-the-sun.jpg", "a cat");
    world.upload("b.jpg", "another cat");
    let operations = "resize-width-200--crop-width-100-height-100--grayscale--blur-sigma-2";
    world.out([
        "stacks",
        "create",
        "a-stack-with-a-long-name",
        "--operations",
        operations,
    ]);
    let comment = "the key of the shop that sells pictures";
    world.out([
        "members",
        "create-user",
        "read,upload,sourceimages:read",
        "--comment",
        comment,
    ]);
    world.out([
        "keys",
        "create",
        "--comment",
        comment,
        "--allowed-ip",
        "192.0.2.0/24",
    ]);
    world
}

#[test]
fn tables_fit_into_the_terminal() {
    let world = world();
    for columns in [160, 80, 60, 40] {
        for arguments in [
            "images list",
            "stacks list",
            "members list",
            "org list",
            "org show",
            "keys list",
            "operations",
            "whoami",
            "images show a-picture",
        ] {
            let hash = world.out(["images", "list", "--fields", "hash", "--limit", "1"]);
            let arguments = arguments.replace("a-picture", hash.trim());
            let arguments: Vec<&str> = arguments.split(' ').collect();
            let lines = lines(&mut start_in(&world, columns, &arguments));
            assert!(lines.len() > 1, "{arguments:?} {lines:?}");
            assert!(!lines.iter().any(|line| line.contains('\t')), "{lines:#?}");
            // A property a line, however long it is.
            if arguments != ["images", "show", hash.trim()] {
                fit(&lines, columns.into());
            }
            // An id can be copied.
            if arguments == ["images", "list"] && columns > 50 {
                assert!(lines.concat().contains(hash.trim()), "{lines:#?}");
            }
            if matches!(arguments[0], "members" | "keys") && columns >= 80 {
                assert!(
                    lines
                        .concat()
                        .contains("00000000-0000-4000-8000-00000000000"),
                    "{lines:#?}"
                );
            }
        }
    }
}

#[test]
fn the_columns_of_a_table_are_aligned() {
    let world = world();
    let lines = lines(&mut start_in(&world, 160, &["images", "list"]));
    let [heading, rows @ ..] = lines.as_slice() else {
        panic!("no lines");
    };
    assert!(
        heading.starts_with(BOLD) && heading.ends_with("\u{1b}[0m"),
        "{heading:?}"
    );
    let heading = unstyled(heading);
    assert_eq!(rows.len(), 2);
    for column in [
        "hash", "created", "format", "width", "height", "size", "name",
    ] {
        let at = heading
            .find(column)
            .unwrap_or_else(|| panic!("{column}: {heading:?}"));
        for row in rows {
            let (before, cell) = row.split_at(at);
            assert!(
                before.is_empty() || before.ends_with("  "),
                "{column}: {rows:#?}"
            );
            assert!(!cell.starts_with(' '), "{column}: {rows:#?}");
        }
    }
    // The newest first.
    assert!(
        rows[0].ends_with("b.jpg") && rows[1].ends_with("in-the-sun.jpg"),
        "{rows:#?}"
    );
    assert!(!rows.concat().contains('\u{1b}'), "{rows:#?}");
}

#[test]
fn colors_follow_the_environment_and_the_option() {
    let world = world();
    for (name, value, color, colored) in [
        ("TERM", "xterm-256color", "auto", true),
        ("NO_COLOR", "1", "auto", false),
        ("NO_COLOR", "", "auto", true),
        ("TERM", "dumb", "auto", false),
        ("NO_COLOR", "1", "always", true),
        ("TERM", "xterm-256color", "never", false),
    ] {
        let mut command = world.command(["stacks", "list", "--color", color]);
        command.env(name, value);
        let lines = lines(&mut start_command_in(&command, 100));
        let text = lines.join("\n");
        assert!(text.contains("a-stack-with-a-long-name"), "{text:?}");
        assert_eq!(
            text.contains(BOLD),
            colored,
            "{name}={value} {color}: {text:?}"
        );
        assert_eq!(
            text.contains('\u{1b}'),
            colored,
            "{name}={value} {color}: {text:?}"
        );
    }
}

#[test]
fn a_wide_terminal_has_more_columns_than_a_narrow_one() {
    let world = world();
    let heading = |columns| {
        let lines = lines(&mut start_in(&world, columns, &["images", "list"]));
        unstyled(&lines[0])
    };
    assert_eq!(heading(120).split_whitespace().count(), 7);
    assert_eq!(heading(119).split_whitespace().count(), 5);
    assert_eq!(heading(80).split_whitespace().count(), 5);
    assert_eq!(heading(79).split_whitespace().count(), 2);
}
