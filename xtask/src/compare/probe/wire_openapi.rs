//! The calls of the client of OpenAPI Generator.

use std::collections::HashMap;
use std::fmt::Display;

use openapi::apis::configuration::{ApiKey, Configuration};
use openapi::apis::{Error, sourceimages_api as images};
use serde_json::json;

use crate::{Arguments, Done, step, tell};

fn done<T, E>(result: Result<T, Error<E>>, kind: &'static str) -> Done
where
    Error<E>: Display,
{
    match result {
        Ok(_) => Done::Value(kind),
        Err(error) => {
            let text = error.to_string();
            match error {
                Error::ResponseError(response) => Done::Error {
                    text,
                    status: Some(response.status.as_u16()),
                    body: Some(response.content),
                },
                _ => Done::Error {
                    text,
                    status: None,
                    body: None,
                },
            }
        }
    }
}

pub async fn run(arguments: Arguments) {
    let key = || ApiKey {
        prefix: None,
        key: arguments.secret.clone(),
    };
    let at = |name: &str| {
        let mut configuration = Configuration::new();
        configuration.base_path = format!("{}/{name}", arguments.base);
        configuration.api_key = Some(key());
        configuration
    };
    let large = arguments.large.clone();
    step("upload", async {
        let there = at("upload");
        let sent = images::create_source_image(&there, "acme", None, Some(large.into()), None, None, None, None, None, None);
        done(sent.await, "SourceImageList")
    })
    .await;
    step("download", async {
        match images::download_source_image(&at("download"), "acme", "3f9a21", None).await {
            Ok(mut response) => {
                while let Ok(Some(_)) = response.chunk().await {}
                Done::Value("Response")
            }
            Err(error) => done::<(), _>(Err(error), ""),
        }
    })
    .await;
    step("filters", async {
        let there = at("filters");
        let filters = HashMap::from([("user:int:sku".to_owned(), "[4000,}".to_owned())]);
        let found = images::list_source_images(&there, "acme", None, None, None, None, None, None, None, None, Some(filters));
        done(found.await, "SourceImageList")
    })
    .await;
    for name in ["html", "flat"] {
        step(name, async { done(images::get_source_image(&at(name), "acme", "3f9a21", None, None).await, "SourceImage") }).await;
    }
    step("no-content", async {
        let there = at("no-content");
        let image = images::put_source_image_options_protected(&there, "acme", "3f9a21", true, None, None);
        done(image.await, "SourceImage")
    })
    .await;
    for name in ["busy", "redirect"] {
        step(name, async { done(images::get_source_image(&at(name), "acme", "3f9a21", None, None).await, "SourceImage") }).await;
    }
    step("path", async {
        let there = at("path");
        let value = images::get_source_image_meta_user_with_name(&there, "acme", "3f9a21", "a b/../c?d", None);
        done(value.await, "Value")
    })
    .await;
    let mut configuration = Configuration::new();
    configuration.bearer_access_token = Some(arguments.secret.clone());
    configuration.api_key = Some(key());
    tell(json!({"step": "print", "shows": format!("{configuration:?}").contains(&arguments.secret)}));
    let mut model = openapi::models::ApiKey::default();
    model.api_key = Some(arguments.secret.clone());
    tell(json!({"step": "print-model", "shows": format!("{model:?}").contains(&arguments.secret)}));
}
