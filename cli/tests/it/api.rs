//! `rokka api`.

use rokka::api;
use serde_json::json;

use crate::program::{Program, picture};

#[test]
fn all_operations_are_listed_and_described() {
    let program = Program::new();
    let list = program.line("api").ok().out;
    assert_eq!(list.lines().count(), 70);
    assert!(
        list.contains("getSourceImage\tGET /sourceimages/{organization}/{hash}\t"),
        "{list}"
    );
    let objects = program.line("api --json").ok().json();
    assert_eq!(objects.len(), 70);
    for operation in api::operations() {
        let described = program.run(["api", operation.id, "--describe"]).ok().out;
        for parameter in operation.parameters {
            let known = parameter.kind == api::ParameterKind::Fields;
            assert!(
                known || described.contains(&format!("\n{}\t", parameter.name)),
                "{described}"
            );
        }
    }
    let one = program
        .line("api create-stack --describe --json")
        .ok()
        .json();
    assert_eq!(one[0]["id"], "createStack");
    assert!(program.requests().is_empty());
}

#[test]
fn operations_are_called_by_id() {
    let program = Program::new();
    program.file("card.json", r#"{"operations": [{"name": "grayscale"}]}"#);
    let created = program
        .line("api createStack name=card overwrite=true --body @card.json")
        .ok();
    assert_eq!(created.json()[0]["name"], "card");
    assert_eq!(program.requests(), ["PUT /stacks/acme/card?overwrite=true"]);
    let body = r#"operations=[{"name": "sepia"}]"#;
    program
        .run([
            "api",
            "createStack",
            "organization=backup",
            "name=blur",
            body,
        ])
        .ok();
    assert_eq!(
        program.last_body(),
        json!({"operations": [{"name": "sepia"}]})
    );
    assert_eq!(program.requests(), ["PUT /stacks/backup/blur"]);

    let image = program.image("cat.svg");
    let hash = &image.hash;
    program
        .run([
            "api",
            "patchSourceImageMetaUser",
            &format!("hash={hash}"),
            "title=A cat",
            "int:sku:=42",
        ])
        .ok();
    assert_eq!(
        program.last_body(),
        json!({"title": "A cat", "int:sku": 42})
    );
    program.requests();
    let found = program
        .line("api listSourceImages limit=5 user:int:sku=42 name=cat*")
        .ok()
        .json();
    assert_eq!(found[0]["items"][0]["hash"].as_str(), Some(hash.as_str()));
    assert_eq!(
        program.requests(),
        ["GET /sourceimages/acme?limit=5&user:int:sku=42&name=cat*"]
    );
    let renamed = program
        .run([
            "api",
            "putSourceImageName",
            &format!("hash={hash}"),
            "--body",
            "\"dog.svg\"",
        ])
        .ok();
    assert_eq!(
        (renamed.out.as_str(), renamed.err.as_str()),
        ("", "204 No Content, without content\n")
    );
    let piped = program.pipe(
        "\"cow.svg\"",
        [
            "api",
            "putSourceImageName",
            &format!("hash={hash}"),
            "-d",
            "-",
        ],
    );
    piped.ok();
    program
        .run([
            "api",
            "copySourceImage",
            &format!("hash={hash}"),
            "Destination=backup",
        ])
        .ok();
    let copy = program.emulator.requests();
    assert_eq!(copy.last().unwrap().header("destination"), Some("backup"));
    // Also of the render host.
    let album = program.line("api getAlbum album=cats selection=all").ok();
    assert_eq!(album.json()[0]["album"], "cats");
}

#[test]
fn files_are_sent_and_received() {
    let program = Program::new();
    program.file("cat.svg", picture("cat"));
    let uploaded = program
        .run([
            "api",
            "createSourceImage",
            "filedata=@cat.svg",
            r#"meta_user[0]={"title": "A cat"}"#,
        ])
        .ok();
    let hash = uploaded.json()[0]["items"][0]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let request = program.emulator.requests().pop().unwrap();
    assert_eq!(
        request.part("filedata").unwrap().file_name.as_deref(),
        Some("cat.svg")
    );
    assert!(request.part("meta_user[0]").is_some());
    program.requests();
    let piped = program
        .run(["api", "downloadSourceImage", &format!("hash={hash}")])
        .ok();
    assert_eq!(piped.bytes, picture("cat"));
    let command = format!("api downloadSourceImage hash={hash} -o copy.svg");
    program.line(&command).ok();
    assert_eq!(
        std::fs::read(program.folder().join("copy.svg")).unwrap(),
        picture("cat")
    );
    program.line(&command).fails(1, "--overwrite replaces it");
    program.line(&format!("{command} --overwrite")).ok();
    let fault = program.emulator.on("POST", "/utils/**");
    fault.respond_with(200, [("content-type", "image/svg+xml")], "drawn");
    program
        .line("api renderUploadedImage renderPath=dynamic/blur.svg filedata=@cat.svg -o out.svg")
        .ok();
    let out = std::fs::read(program.folder().join("out.svg")).unwrap();
    assert_eq!(out, b"drawn");
    assert_eq!(
        program.requests().last().unwrap(),
        "POST /utils/acme/render/dynamic/blur.svg"
    );
    program.line("api downloadSourceImages -o all.zip").ok();
    assert!(
        std::fs::read(program.folder().join("all.zip"))
            .unwrap()
            .starts_with(b"PK")
    );
}

#[test]
fn mistakes_are_explained_and_nothing_is_sent() {
    let program = Program::new();
    for (arguments, expected) in [
        ("api getSourceImgae", "did you mean `getSourceImage`?"),
        ("api stackcache", "did you mean `deleteStackCache`?"),
        ("api frobnicate", "`rokka api` lists all operations"),
        ("api getSourceImage hsah=3f9a21", "did you mean `hash`?"),
        ("api getSourceImage", "needs the parameter `hash`"),
        ("api getSourceImage 3f9a21", "write NAME=VALUE"),
        (
            "api getSourceImage hash=3f9a21 deleted=maybe",
            "it must be `true` or `false`",
        ),
        (
            "api getSourceImage hash=3f9a21 --body 1",
            "takes no JSON body",
        ),
        (
            "api putSourceImageName hash=3f9a21 --body cat",
            "a text is JSON with quotes",
        ),
        (
            "api createSourceImage filedata=cat.jpg",
            "write filedata=@cat.jpg",
        ),
        ("api createUser", "needs the parameter `email`"),
        (
            "api getSourceImage hash=3f9a21 --method PUT",
            "--method is for a path",
        ),
        ("api deleteStack name=card", "Nobody can be asked"),
        (
            "api /stacks/acme --describe",
            "--describe is for an operation",
        ),
        ("api /stacks/acme -H x", "write 'NAME: VALUE'"),
    ] {
        program.line(arguments).fails(2, expected);
    }
    let dry = program.line("api deleteStack name=card --dry-run").ok();
    assert!(
        dry.err.contains("would send DELETE /stacks/acme/card"),
        "{dry:?}"
    );
    assert!(program.requests().is_empty());
    program
        .line("api deleteStack name=card --yes")
        .fails(1, "404");
    assert_eq!(program.requests()[0], "DELETE /stacks/acme/card");
}

#[test]
fn any_path_can_be_requested() {
    let program = Program::new();
    let listed = program.line("api /stacks/acme limit=5 -i").ok().out;
    assert!(listed.starts_with("200 OK\n"), "{listed}");
    assert!(listed.ends_with("}\n"), "{listed}");
    let body = r#"{"operations": []}"#;
    program
        .run([
            "api",
            "/stacks/acme/empty",
            "-X",
            "put",
            "-d",
            body,
            "-H",
            "X-Trace: 1",
        ])
        .ok();
    let request = program.emulator.requests().pop().unwrap();
    assert_eq!(request.header("x-trace"), Some("1"));
    assert_eq!(request.json(), Some(json!({"operations": []})));
    assert_eq!(
        program.requests(),
        ["GET /stacks/acme?limit=5", "PUT /stacks/acme/empty"]
    );
    program
        .line("api /stacks/acme/empty -X DELETE")
        .fails(2, "Send DELETE /stacks/acme/empty?");
    program.line("api /stacks/acme/empty -X DELETE --yes").ok();
    program
        .line("api /stacks/../x")
        .fails(2, "must not have the segments");
}

#[test]
fn a_shell_completes_ids_and_parameters() {
    let program = Program::new();
    let candidates = |words: &[&str]| {
        let mut command = program.command([&["--", "rokka"], words].concat());
        command
            .env("COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
            .env("_CLAP_COMPLETE_COMP_TYPE", "9")
            .env("_CLAP_COMPLETE_SPACE", "false")
            .env("_CLAP_IFS", "\n");
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let ids = candidates(&["api", "createSourceImageMetaU"]);
    assert_eq!(
        ids,
        [
            "createSourceImageMetaUser",
            "createSourceImageMetaUserWthName"
        ]
    );
    assert_eq!(candidates(&["api", "getSourceImage", "h"]), ["hash="]);
    assert_eq!(
        candidates(&["api", "getSourceImage", "hash=3f9a21", "deleted=t"]),
        ["deleted=true"]
    );
    assert!(program.requests().is_empty());
}
