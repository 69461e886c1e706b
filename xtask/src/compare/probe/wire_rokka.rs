//! The same calls with this crate: `rokka::api` where it has them, and the facade for files.

use std::collections::BTreeMap;

use rokka::{Client, Source};
use serde_json::json;

use crate::{Arguments, Done, step, tell};

fn done<T>(result: Result<T, impl Into<rokka::Error>>, kind: &'static str) -> Done {
    match result {
        Ok(_) => Done::Value(kind),
        Err(error) => {
            let error = error.into();
            Done::Error {
                status: error.status().map(|status| status.as_u16()),
                body: error.body().map(|body| String::from_utf8_lossy(body).into_owned()),
                text: error.to_string(),
            }
        }
    }
}

pub async fn run(arguments: Arguments) {
    let at = |name: &str| {
        Client::builder()
            .api_key(arguments.secret.clone())
            .api_host(format!("{}/{name}", arguments.base))
            .build()
            .expect("a client")
    };
    let acme = "acme".parse().expect("a name");
    let hash = "3f9a21".parse().expect("a hash");
    let large = arguments.large.clone();
    step("upload", async {
        let images = at("upload").source_images("acme").expect("images");
        done(images.upload(Source::path(&large)).await, "SourceImage")
    })
    .await;
    step("download", async {
        let images = at("download").source_images("acme").expect("images");
        let target = format!("{}.copy", arguments.large);
        let file = images.download("3f9a21").to_file(&target).overwrite().await;
        let _ = std::fs::remove_file(target);
        done(file, "file")
    })
    .await;
    step("filters", async {
        let filters = BTreeMap::from([("user:int:sku".to_owned(), "[4000,}".to_owned())]);
        let api = at("filters").api();
        let found = api.list_source_images(&acme, None, None, None, Some(&filters), None, None, None, None);
        done(found.await, "SourceImageList")
    })
    .await;
    for name in ["html", "flat"] {
        step(name, async { done(at(name).api().get_source_image(&acme, &hash, None).await, "SourceImage") }).await;
    }
    step("no-content", async {
        let images = at("no-content").source_images("acme").expect("images");
        done(images.set_protected("3f9a21", true).await, "SourceImage")
    })
    .await;
    for name in ["busy", "redirect"] {
        step(name, async { done(at(name).api().get_source_image(&acme, &hash, None).await, "SourceImage") }).await;
    }
    step("path", async {
        match "a b/../c?d".parse::<rokka::api::types::UserMetadataName>() {
            Ok(name) => {
                let api = at("path").api();
                done(api.get_source_image_meta_user_with_name(&acme, &hash, &name).await, "Value")
            }
            Err(error) => Done::Error { text: error.to_string(), status: None, body: None },
        }
    })
    .await;
    let client = at("print");
    tell(json!({"step": "print", "shows": format!("{client:?}").contains(&arguments.secret)}));
    let model: rokka::api::types::ApiKey =
        serde_json::from_value(json!({"id": "1", "api_key": arguments.secret})).expect("a key");
    tell(json!({"step": "print-model", "shows": format!("{model:?}").contains(&arguments.secret)}));
}
