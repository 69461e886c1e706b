//! Names that stand for an image.

use crate::support::{HASH, RecordedRequest, Server, json, reply};
use rokka::ErrorKind;
use serde_json::json;

#[tokio::test]
async fn aliases_are_made_read_and_deleted() {
    let alias = json!({"organization": "acme", "alias": "Hero_1", "hash": HASH});
    let server = Server::exactly([
        json(201, &alias),
        json(200, &alias),
        json(409, &json!({"error": {"code": 409, "message": "exists"}})),
        json(200, &alias),
        reply(204, ""),
        reply(404, ""),
    ]);
    let aliases = server.images().aliases();
    let made = aliases.create("Hero_1", HASH).await.unwrap();
    assert_eq!((made.alias.as_str(), made.hash.as_str()), ("Hero_1", HASH));
    aliases
        .create("Hero_1", "3f9a21")
        .overwrite()
        .await
        .unwrap();
    let error = aliases.create("Hero_1", HASH).await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(error.to_string(), "createSourceImageAlias: 409: exists");
    assert_eq!(aliases.get("Hero_1").await.unwrap().organization, "acme");
    aliases.delete("Hero_1").await.unwrap();
    assert!(aliases.delete("Hero_1").await.unwrap_err().is_not_found());
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(RecordedRequest::line).collect();
    assert_eq!(
        lines,
        [
            "PUT /sourceimages/acme/alias/Hero_1",
            "PUT /sourceimages/acme/alias/Hero_1?overwrite=true",
            "PUT /sourceimages/acme/alias/Hero_1",
            "GET /sourceimages/acme/alias/Hero_1",
            "DELETE /sourceimages/acme/alias/Hero_1",
            "DELETE /sourceimages/acme/alias/Hero_1",
        ]
    );
    assert_eq!(requests[0].json(), json!({"hash": HASH}));
    assert_eq!(requests[1].json(), json!({"hash": "3f9a21"}));
    assert!(requests[3..].iter().all(|request| request.body.is_empty()));
}

#[tokio::test]
async fn the_cache_of_an_alias_is_emptied() {
    let server = Server::exactly([
        json(200, &json!({"items": ["/dynamic/-_hero_-.jpg"]})),
        json(200, &json!({})),
        json(429, &json!({})).header("retry-after", "600"),
    ]);
    let aliases = server.images().aliases();
    let forgotten = aliases.invalidate_cache("hero").await.unwrap();
    assert_eq!(forgotten.items, ["/dynamic/-_hero_-.jpg"]);
    assert!(
        aliases
            .invalidate_cache("hero")
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let error = aliases.invalidate_cache("hero").await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after().unwrap().as_secs(), 600);
    for request in server.requests() {
        assert_eq!(request.line(), "DELETE /sourceimages/acme/alias/hero/cache");
    }
}

#[tokio::test]
async fn malformed_names_are_refused_before_anything_is_sent() {
    let server = Server::exactly([]);
    let aliases = server.images().aliases();
    for name in ["", "my-alias", "..", "a/b", "ä", "a\n"] {
        let errors = [
            aliases.create(name, HASH).await.unwrap_err(),
            aliases.get(name).await.unwrap_err(),
            aliases.delete(name).await.unwrap_err(),
            aliases.invalidate_cache(name).await.unwrap_err(),
        ];
        for error in errors {
            let rule = format!("the alias {name:?} is invalid: use letters, digits and `_` only");
            assert_eq!(error.to_string(), rule);
            assert_eq!(
                (error.kind(), error.attempts()),
                (ErrorKind::InvalidInput, 0)
            );
        }
    }
    let error = aliases.create("hero", "x").await.unwrap_err();
    assert!(error.to_string().starts_with("invalid hash \"x\""));
    assert!(server.requests().is_empty());
}

#[cfg(feature = "testing")]
mod emulated {
    use rokka::Source;
    use rokka::testing::{Emulator, EmulatorExt};

    #[tokio::test]
    async fn an_alias_moves_only_when_told() {
        let emulator = Emulator::start().await;
        let images = emulator.source_images().unwrap();
        let upload = async |text: &str| {
            let source = Source::bytes(
                "a.svg",
                format!(
                    "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'>{text}</svg>"
                ),
            );
            images.upload(source).await.unwrap().hash
        };
        let (one, two) = (upload("1").await, upload("2").await);
        let aliases = images.aliases();
        assert!(aliases.get("hero").await.unwrap_err().is_not_found());
        assert_eq!(aliases.create("hero", &one[..10]).await.unwrap().hash, one);
        assert!(
            aliases
                .create("hero", &two)
                .await
                .unwrap_err()
                .is_conflict()
        );
        aliases.create("hero", &two).overwrite().await.unwrap();
        assert_eq!(aliases.get("hero").await.unwrap().hash, two);
        for _ in 0..10 {
            assert_eq!(
                aliases.invalidate_cache("hero").await.unwrap().items.len(),
                1
            );
        }
        let error = aliases.invalidate_cache("hero").await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after().is_some());
        aliases.delete("hero").await.unwrap();
        assert!(aliases.delete("hero").await.unwrap_err().is_not_found());
    }
}
