//! `rokka render` and `rokka url`.

use serde_json::json;

use crate::program::{Program, picture};

/// A well-known key, of the emulator.
fn with_key() -> Program {
    let program = Program::new();
    let key = program.emulator.signing_key().to_owned();
    program.file("key.txt", format!("{key}\n"));
    program
}

#[test]
fn a_rendering_goes_to_a_pipe_or_a_file() {
    let program = Program::new();
    let image = program.image("cat.svg");
    program
        .line("stacks create thumb --operations resize-width-200")
        .ok();
    program.requests();
    let hash = &image.hash;
    let piped = program.line(&format!("render {hash} thumb -f svg")).ok();
    assert_eq!((piped.bytes, piped.err.as_str()), (picture("cat.svg"), ""));
    let written = program
        .line(&format!(
            "render {hash} resize-width-300--grayscale -o small.svg --option dpr=2"
        ))
        .ok();
    assert!(
        written.err.contains("bytes to small.svg"),
        "{}",
        written.err
    );
    assert_eq!(
        std::fs::read(program.folder().join("small.svg")).unwrap(),
        picture("cat.svg")
    );
    let requests = program.requests();
    assert!(
        requests[0].ends_with(&format!("/thumb/{hash}.svg")),
        "{requests:?}"
    );
    assert!(
        requests[1].ends_with(&format!(
            "/dynamic/resize-width-300--grayscale/o-dpr-2/{hash}.svg"
        )),
        "{requests:?}"
    );
    program
        .line(&format!("render {hash} thumb -o small.svg"))
        .fails(1, "--overwrite replaces it");
    program
        .line(&format!("render {hash} thumb -o small.svg --overwrite"))
        .ok();
    program.requests();
    program.line(&format!("render {hash} thumb --dry-run")).ok();
    assert!(program.requests().is_empty());
}

#[test]
fn a_file_is_rendered_without_being_stored() {
    let program = Program::new();
    program.file("cat.svg", picture("cat"));
    let fault = program.emulator.on("POST", "/utils/**");
    fault.respond_with(200, [("content-type", "image/png")], "drawn");
    program
        .line("render cat.svg resize-width-300 --variable w=3 -o out.png")
        .ok();
    let requests = program.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(
        requests[0].starts_with("POST /utils/acme/render/dynamic/resize-width-300.png"),
        "{requests:?}"
    );
    let out = std::fs::read(program.folder().join("out.png")).unwrap();
    assert_eq!(out, b"drawn");
}

#[test]
fn what_cannot_be_rendered_is_explained() {
    let program = Program::new();
    program
        .line("render missing.jpg thumb")
        .fails(2, "`missing.jpg`: expected the hash of an image");
    program
        .line("render 3f9a21 thumb/resize-width")
        .fails(2, "has no value");
    assert!(program.requests().is_empty());
    program.line("render 3f9a21 thumb").fails(1, "404");
    program
        .line("render 3f9a21 thumb --show=iterm")
        .fails(1, "404");
    program.requests();
    program
        .line("render 3f9a21 thumb --show=sixel --json")
        .fails(2, "no JSON");
    program
        .line("render 3f9a21 thumb --show")
        .fails(2, "not known to show pictures");
    assert!(program.requests().is_empty());
}

#[test]
fn a_protected_image_needs_a_signature() {
    let program = with_key();
    let image = program.image("cat.svg");
    program.line(&format!("images protect {}", image.hash)).ok();
    let found = program.line("images list --json").ok().json();
    let hash = found[0]["hash"].as_str().unwrap();
    program
        .line(&format!("render {hash} grayscale--blur"))
        .fails(4, "--sign signs the URL");
    program.requests();
    let signed = program
        .line(&format!("render {hash} resize-width-9 --sign -f svg"))
        .ok();
    assert_eq!(signed.bytes, picture("cat.svg"));
    assert_eq!(program.requests()[0], "GET /organizations/acme");
    // Without a request for the key.
    program
        .line(&format!(
            "render {hash} resize-width-9 --signing-key-file key.txt -f svg"
        ))
        .ok();
    assert_eq!(program.requests().len(), 1);
}

#[test]
fn a_picture_is_shown_in_the_terminal() {
    let program = Program::new();
    let image = program.image("cat.svg");
    let command = format!("render {} resize-width-9 --show=kitty", image.hash);
    program
        .emulator
        .on("GET", "**")
        .respond_with(200, [("content-type", "image/png")], "no picture")
        .once();
    program.line(&command).fails(1, "is not a PNG file");
    let png = crate::program::png(1200, 100);
    program
        .emulator
        .on("GET", "**")
        .respond_with(200, [("content-type", "image/png")], png)
        .always();
    // A picture that is wider than the terminal takes all of its columns.
    let shown = program.line(&command).ok();
    assert!(
        shown
            .out
            .starts_with("\u{1b}_Gf=100,a=T,q=2,c=80,m=0;iVBOR"),
        "{shown:?}"
    );
    assert!(
        program
            .requests()
            .last()
            .unwrap()
            .ends_with(&format!("{}.png", image.hash))
    );
    program
        .line("render 3f9a21 thumb --show -o a.png")
        .fails(2, "cannot be used with");
}

#[test]
fn urls_are_built_without_requests() {
    let program = Program::new();
    let host = program.emulator.render_host();
    for (arguments, expected) in [
        ("3f9a21 thumb", "/thumb/3f9a21.jpg"),
        (
            "3f9a21 thumb --format webp --filename cat",
            "/thumb/3f9a21/cat.webp",
        ),
        (
            "3F9A21 resize-width-300--grayscale --option dpr=2",
            "/dynamic/resize-width-300--grayscale/o-dpr-2/3f9a21.jpg",
        ),
        (
            "alias:logo thumb/resize-width-9 --variable w=3",
            "/thumb/resize-width-9/v-w-3/-_logo_-.jpg",
        ),
    ] {
        let built = program.line(&format!("url build {arguments}")).ok();
        assert_eq!(built.out, format!("{host}{expected}\n"), "{arguments}");
    }
    let line = program.line("url build 3f9a21 thumb --json").ok().json();
    assert_eq!(line, [json!({"url": format!("{host}/thumb/3f9a21.jpg")})]);
    program
        .line("url build 3f9a21 resize-width-99999999")
        .fails(2, "width");
    program
        .run(["url", "build", "3f9a21", "a b"])
        .fails(2, "neither a stack nor operations");
    assert!(program.requests().is_empty());
}

#[test]
fn urls_are_signed_and_verified() {
    let program = with_key();
    let url = "https://acme.rokka.io/thumb/3f9a21.jpg";
    let signed = program
        .line(&format!("url sign {url} --signing-key-file key.txt"))
        .ok()
        .out;
    let signed = signed.trim();
    assert!(signed.starts_with(&format!("{url}?sig=")), "{signed}");
    assert!(program.requests().is_empty());
    // The key of the organization, and the service itself, sign alike.
    assert_eq!(
        program.line(&format!("url sign {url}")).ok().out.trim(),
        signed
    );
    assert_eq!(
        program
            .line(&format!("url sign {url} --by-service"))
            .ok()
            .out
            .trim(),
        signed
    );
    assert_eq!(
        program.requests(),
        ["GET /organizations/acme", "POST /utils/acme/sign_url"]
    );
    assert_eq!(
        program.line(&format!("url verify {signed}")).ok().out,
        "valid\n"
    );
    let wrong = format!("url verify {signed}0 --signing-key-file key.txt");
    assert_eq!(program.line(&wrong).fails(1, "").out, "invalid\n");
    let unsigned = program
        .line(&format!("url verify {url} --json"))
        .fails(1, "");
    assert_eq!(unsigned.json()[0]["verdict"], "unsigned");

    let limited = format!("url sign {url} --until 2031-03-01T10:00:00Z --signing-key-file key.txt");
    let limited = program.line(&limited).ok().out;
    let verify = |at: &str| {
        program.line(&format!(
            "url verify {} --at {at} --signing-key-file key.txt",
            limited.trim()
        ))
    };
    assert_eq!(verify("2031-03-01T09:59:00Z").ok().out, "valid\n");
    assert_eq!(verify("2031-03-01T11:00:00Z").fails(1, "").out, "expired\n");
    program
        .line(&format!("url sign {url} --until tomorrow"))
        .fails(2, "expected a time such as");
    program
        .line(&format!("url sign {url} --signing-key-file none.txt"))
        .fails(2, "none.txt");
    let keyed = Program::new().with("ROKKA_SIGNING_KEY", program.emulator.signing_key());
    assert_eq!(
        keyed.line(&format!("url sign {url}")).ok().out.trim(),
        signed
    );
    assert!(keyed.requests().is_empty());
    let built = keyed.line("url build 3f9a21 thumb --sign").ok().out;
    assert!(built.contains("?sig="), "{built}");
}

#[test]
fn urls_are_explained_part_by_part() {
    let program = Program::new();
    let url = "https://acme.rokka.io/dynamic/reszie-width-300--resize-width-99999-mod-fill/o-dpr-2/v-w-3/3f9a21/cat.jpg?sig=0123456789abcdef";
    let lines = program.line(&format!("url explain {url}")).ok().out;
    let rows: Vec<Vec<&str>> = lines
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let row = |part: &str, value: &str| {
        let found = rows.iter().find(|row| row[0] == part && row[1] == value);
        found.unwrap_or_else(|| panic!("{part} {value}: {lines}"))[2]
    };
    assert_eq!(row("stack", "dynamic"), "operations are in the URL");
    assert!(
        row("operation", "reszie").contains("did you mean `resize`?"),
        "{lines}"
    );
    assert!(
        row("  option", "width = 99999").contains("10000"),
        "{lines}"
    );
    assert!(
        row("  option", "mod = fill").contains("did you mean `mode`?"),
        "{lines}"
    );
    assert_eq!(row("stack option", "dpr = 2"), "");
    assert_eq!(row("image", "3f9a21"), "a short hash");
    row("filename", "cat");
    row("format", "jpg");
    row("signature", "0123456789abcdef");
    let json = program
        .line(&format!("url explain {url} --json"))
        .ok()
        .json();
    assert_eq!(json[0]["parts"][0]["part"], "host");
    let stack = "https://acme.rokka.io/thumb/resize-height-30/3f9a21.jpg";
    let lines = program.line(&format!("url explain {stack}")).ok().out;
    assert!(
        lines.contains("override\tresize\tchanges the operations"),
        "{lines}"
    );
    program
        .line("url explain https://acme.rokka.io/3f9a21.jpg")
        .fails(2, "render URL");
    assert!(program.requests().is_empty());
}
