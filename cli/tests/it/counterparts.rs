//! What the commands of the PHP program and of rokka-go are here: every row of the table in the README, run.

use std::fmt::Write as _;

use rokka::testing::EmulatorExt;
use rokka::{Role, SourceImage};

use crate::program::{Program, picture, runtime};

/// The old command, the new one, and a request that it sends.
type Row = (&'static str, &'static str, &'static str);

const PHP: &[Row] = &[
    (
        "image:upload FILE",
        "rokka images upload FILE",
        "POST /sourceimages/acme",
    ),
    (
        "image:list --limit 5 --offset 0 --sort created",
        "rokka images list --limit 5 --offset 0 --sort created",
        "GET /sourceimages/acme?",
    ),
    (
        "image:list --search 'name CAT'",
        "rokka images search name=cat.svg",
        "GET /sourceimages/acme?",
    ),
    (
        "image:info HASH",
        "rokka images show HASH",
        "GET /sourceimages/acme/HASH",
    ),
    (
        "image:download HASH",
        "rokka images download HASH",
        "GET /sourceimages/acme/HASH/download",
    ),
    (
        "image:download HASH --save-to FILE --overwrite",
        "rokka images download HASH -o FILE --overwrite",
        "GET /sourceimages/acme/HASH/download",
    ),
    (
        "image:download HASH --save-as-hash",
        "rokka images download HASH -d FOLDER",
        "GET /sourceimages/acme/HASH/download",
    ),
    (
        "image:download HASH --pipe",
        "rokka images download HASH -o -",
        "GET /sourceimages/acme/HASH/download",
    ),
    (
        "image:render HASH STACK FILE --format svg",
        "rokka render HASH STACK -o OUTPUT.svg",
        "/STACK/HASH.svg",
    ),
    (
        "image:render HASH STACK --pipe",
        "rokka render HASH STACK -f svg -o -",
        "/STACK/HASH.svg",
    ),
    (
        "image:render HASH STACK --get-uri",
        "rokka url build HASH STACK",
        "",
    ),
    (
        "image:delete HASH --yes",
        "rokka images delete HASH --yes",
        "DELETE /sourceimages/acme/HASH",
    ),
    (
        "image:delete-all --yes",
        "rokka images delete --all --yes",
        "DELETE /sourceimages/acme/HASH",
    ),
    (
        "image:restore HASH",
        "rokka images restore DELETED",
        "POST /sourceimages/acme/DELETED/restore",
    ),
    (
        "image:copy HASH ORGANIZATION",
        "rokka images copy HASH --to ORGANIZATION",
        "POST /sourceimages/acme/copy",
    ),
    (
        "image:copy-all ORGANIZATION",
        "rokka images copy-all ORGANIZATION --yes",
        "POST /sourceimages/acme/copy",
    ),
    (
        "image:clone HASH ORGANIZATION",
        "rokka images copy HASH --to ORGANIZATION",
        "POST /sourceimages/acme/copy",
    ),
    (
        "image:clone-all ORGANIZATION",
        "rokka images copy-all ORGANIZATION --yes",
        "POST /sourceimages/acme/copy",
    ),
    (
        "image:set-subjectarea HASH X Y WIDTH HEIGHT",
        "rokka images subject-area HASH 1,2,3,4",
        "PUT /sourceimages/acme/HASH/meta/dynamic/subject_area",
    ),
    (
        "image:delete-subjectarea HASH",
        "rokka images subject-area HASH --remove",
        "DELETE /sourceimages/acme/HASH/meta/dynamic/subject_area",
    ),
    (
        "stack:list --limit 5",
        "rokka stacks list --limit 5",
        "GET /stacks/acme",
    ),
    (
        "stack:info STACK",
        "rokka stacks show STACK",
        "GET /stacks/acme/STACK",
    ),
    (
        "stack:create STACK",
        "rokka stacks create NEW --operations resize-width-200",
        "PUT /stacks/acme/NEW",
    ),
    (
        "stack:clone STACK NEW",
        "rokka stacks clone STACK NEW",
        "PUT /stacks/acme/NEW",
    ),
    (
        "stack:clone STACK NEW --dest-organization ORGANIZATION --overwrite",
        "rokka stacks clone STACK NEW --to ORGANIZATION --overwrite",
        "PUT /stacks/ORGANIZATION/NEW?overwrite=true",
    ),
    (
        "stack:clone-all ORGANIZATION",
        "rokka stacks clone-all ORGANIZATION",
        "PUT /stacks/ORGANIZATION/STACK",
    ),
    (
        "stack:delete STACK --yes",
        "rokka stacks delete STACK --yes",
        "DELETE /stacks/acme/STACK",
    ),
    ("operation:list", "rokka operations", "GET /operations"),
    (
        "organization:list",
        "rokka org list",
        "GET /user/memberships",
    ),
    (
        "organization:info",
        "rokka org show",
        "GET /organizations/acme",
    ),
    (
        "organization:create NAME EMAIL --display-name TEXT",
        "rokka org create new-name EMAIL --display-name TEXT",
        "PUT /organizations/new-name",
    ),
    (
        "organization:membership:add USER ROLES",
        "rokka members set USER read,upload",
        "PUT /organizations/acme/memberships/USER",
    ),
    (
        "organization:membership:info USER",
        "rokka members show USER",
        "GET /organizations/acme/memberships/USER",
    ),
    (
        "user:create EMAIL",
        "rokka user create EMAIL",
        "POST /users",
    ),
    (
        "`--save-as-default` of the two",
        "rokka login --store file",
        "GET /",
    ),
    (
        "`--organization`, `--source-organization`",
        "rokka images list --organization ORGANIZATION",
        "GET /sourceimages/ORGANIZATION",
    ),
];

const GO: &[Row] = &[
    ("login --apiKey KEY", "rokka login --store file", "GET /"),
    (
        "sourceimages list ORGANIZATION",
        "rokka images list --organization ORGANIZATION",
        "GET /sourceimages/ORGANIZATION",
    ),
    (
        "sourceimages get ORGANIZATION HASH",
        "rokka images show HASH",
        "GET /sourceimages/acme/HASH",
    ),
    (
        "sourceimages download ORGANIZATION HASH FILE",
        "rokka images download HASH -o OUTPUT.svg",
        "GET /sourceimages/acme/HASH/download",
    ),
    (
        "sourceimages create ORGANIZATION FILE",
        "rokka images upload FILE",
        "POST /sourceimages/acme",
    ),
    (
        "sourceimages massupload ORGANIZATION FOLDER",
        "rokka images upload -r FOLDER",
        "POST /sourceimages/acme",
    ),
    (
        "sourceimages delete ORGANIZATION HASH",
        "rokka images delete HASH --yes",
        "DELETE /sourceimages/acme/HASH",
    ),
    (
        "sourceimages delete ORGANIZATION BINARY --binaryHash",
        "rokka images delete BINARY --binary-hash --yes",
        "DELETE /sourceimages/acme?binaryHash=BINARY",
    ),
    (
        "sourceimages delete-all ORGANIZATION",
        "rokka images delete --all --yes",
        "DELETE /sourceimages/acme/HASH",
    ),
    (
        "sourceimages restore ORGANIZATION HASH",
        "rokka images restore DELETED",
        "POST /sourceimages/acme/DELETED/restore",
    ),
    (
        "sourceimages copy ORGANIZATION HASH OTHER",
        "rokka images copy HASH --to ORGANIZATION",
        "POST /sourceimages/acme/copy",
    ),
    (
        "sourceimages copy-all ORGANIZATION OTHER",
        "rokka images copy-all ORGANIZATION --yes",
        "POST /sourceimages/acme/copy",
    ),
    (
        "sourceimages dynamic-metadata add ORGANIZATION HASH NAME JSON",
        "rokka images dynamic-metadata set HASH version {\"text\":\"two\"}",
        "PUT /sourceimages/acme/HASH/meta/dynamic/version",
    ),
    (
        "sourceimages dynamic-metadata delete ORGANIZATION HASH NAME --deletePrevious",
        "rokka images dynamic-metadata unset HASH subject_area --delete-previous",
        "DELETE /sourceimages/acme/HASH/meta/dynamic/subject_area?deletePrevious=true",
    ),
    (
        "sourceimages user-metadata update ORGANIZATION HASH JSON",
        "rokka images metadata set HASH -m title=Cat -m int:sku=42",
        "PATCH /sourceimages/acme/HASH/meta/user",
    ),
    (
        "sourceimages user-metadata delete ORGANIZATION HASH --name NAME",
        "rokka images metadata unset HASH -m title",
        "/sourceimages/acme/HASH/meta/user",
    ),
    (
        "sourceimages user-metadata delete ORGANIZATION HASH",
        "rokka images metadata unset HASH --all-fields",
        "DELETE /sourceimages/acme/HASH/meta/user",
    ),
    (
        "stacks list ORGANIZATION",
        "rokka stacks list",
        "GET /stacks/acme",
    ),
    (
        "stacks create ORGANIZATION NAME --overwrite",
        "rokka stacks create NEW --overwrite",
        "PUT /stacks/acme/NEW?overwrite=true",
    ),
    (
        "stacks delete ORGANIZATION NAME",
        "rokka stacks delete STACK --yes",
        "DELETE /stacks/acme/STACK",
    ),
    ("operations list", "rokka operations", "GET /operations"),
    (
        "stackoptions list",
        "rokka stackoptions",
        "GET /stackoptions",
    ),
    (
        "organization get ORGANIZATION",
        "rokka org show",
        "GET /organizations/acme",
    ),
    (
        "organization create NAME EMAIL DISPLAY_NAME",
        "rokka org create new-name EMAIL TEXT",
        "PUT /organizations/new-name",
    ),
    (
        "membership list ORGANIZATION",
        "rokka members list",
        "GET /organizations/acme/memberships",
    ),
    (
        "membership get ORGANIZATION USER",
        "rokka members show USER",
        "GET /organizations/acme/memberships/USER",
    ),
    (
        "membership create ORGANIZATION USER ROLES",
        "rokka members set USER read,upload",
        "PUT /organizations/acme/memberships/USER",
    ),
    (
        "membership createWithUser ORGANIZATION ROLES",
        "rokka members create-user read,upload",
        "POST /organizations/acme/memberships",
    ),
    (
        "membership delete ORGANIZATION USER",
        "rokka members remove USER --yes",
        "DELETE /organizations/acme/memberships/USER",
    ),
    (
        "users create EMAIL ORGANIZATION",
        "rokka user create EMAIL new-name",
        "POST /users",
    ),
    ("users get", "rokka user show", "GET /user"),
    (
        "stats get ORGANIZATION --from DAY --to DAY",
        "rokka stats --from 2026-01-01 --to 2026-01-31",
        "GET /stats/acme?from=2026-01-01&to=2026-01-31",
    ),
    (
        "curl PATH -X METHOD -d DATA -H HEADER -i",
        "rokka api /stacks/acme/NEW -X PUT -d {\"operations\":[]} -H X-Trace:1 -i",
        "PUT /stacks/acme/NEW",
    ),
    (
        "`--raw`, `--template`",
        "rokka stacks list --json",
        "GET /stacks/acme",
    ),
];

/// Names in the commands of the table, and what they are in the tests.
struct Names(Vec<(&'static str, String)>);

impl Names {
    fn set(&self, text: &str) -> String {
        let names = self.0.iter();
        names.fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    }
}

/// Stores what the commands are about.
fn prepare(program: &Program) -> Names {
    let image: SourceImage = program.image("cat.svg");
    let images = program.emulator.source_images().unwrap();
    let client = program.emulator.client().unwrap();
    let deleted = program.image("deleted.svg");
    let user = runtime().block_on(async {
        let area = rokka::SubjectArea::new(1, 1, 2, 2);
        let image = images
            .set_subject_area(&image.hash, area)
            .keep_hash()
            .await
            .unwrap();
        images
            .user_metadata(&image.hash)
            .set("title", "A cat")
            .await
            .unwrap();
        images.delete(&deleted.hash).await.unwrap();
        let grey =
            rokka::StackDefinition::new().operation(rokka::stacks::operations::Grayscale::new());
        client
            .stacks("acme")
            .unwrap()
            .create("thumb", grey)
            .await
            .unwrap();
        let members = client.memberships("acme").unwrap();
        members
            .create_with_new_user([Role::Read])
            .await
            .unwrap()
            .user_id
    });
    program.emulator.clear_requests();
    program.file("cow.svg", picture("cow"));
    let folder = program.folder().join("folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("dog.svg"), picture("dog")).unwrap();
    Names(vec![
        ("BINARY", image.binary_hash.clone()),
        ("DELETED", deleted.hash),
        ("HASH", image.hash),
        ("OUTPUT", "rendered".to_owned()),
        ("FILE", "cow.svg".to_owned()),
        ("FOLDER", "folder".to_owned()),
        ("STACK", "thumb".to_owned()),
        ("NEW", "fresh".to_owned()),
        ("ORGANIZATION", "backup".to_owned()),
        ("USER", user),
        ("EMAIL", "somebody@example.com".to_owned()),
        ("TEXT", "Text".to_owned()),
    ])
}

#[track_caller]
fn runs(rows: &[Row]) {
    let mut failures = String::new();
    for (_, new, request) in rows {
        let program = Program::new();
        let names = prepare(&program);
        let command = names.set(new);
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        // What the commands that read something read.
        let input = match *new {
            new if new.starts_with("rokka login") => format!("{}\n", program.emulator.api_key()),
            new if new.starts_with("rokka stacks create") => r#"{"operations": []}"#.to_owned(),
            _ => String::new(),
        };
        let ran = program.pipe(&input, &arguments);
        let requests = program.requests();
        let expected = names.set(request);
        let sent = requests.iter().any(|line| line.contains(&expected));
        let silent = request.is_empty() && requests.is_empty();
        if ran.status != 0 || !(sent && !request.is_empty() || silent) {
            writeln!(
                failures,
                "{command}\n  expected {expected:?}, sent {requests:#?}\n  {ran:#?}"
            )
            .unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_command_of_the_php_program_has_a_counterpart() {
    runs(PHP);
}

#[test]
fn every_command_of_rokka_go_has_a_counterpart() {
    runs(GO);
}

#[test]
fn the_readme_has_these_rows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let mut expected = String::new();
    for (title, rows) in [("rokka-client-php-cli", PHP), ("rokka-go", GO)] {
        writeln!(expected, "| {title} | `rokka` |\n|---|---|").unwrap();
        for (old, new, _) in rows {
            let old = if old.starts_with('`') {
                (*old).to_owned()
            } else {
                format!("`{old}`")
            };
            writeln!(expected, "| {old} | `{new}` |").unwrap();
        }
        writeln!(expected).unwrap();
    }
    let readme = readme.replace("\r\n", "\n");
    assert!(
        readme.contains(expected.trim_end()),
        "put this into README.md:\n{expected}"
    );
}
