//! The main job against the real service, for those who have a key. Without `ROKKA_API_KEY` and `ROKKA_ORGANIZATION`
//! there is nothing to do:
//!
//! `ROKKA_API_KEY=… ROKKA_ORGANIZATION=… cargo test --test it live:: -- --ignored`
//!
//! It uploads one small picture of its own and deletes what came of it.

use rokka::{Client, Source, SubjectArea};

#[tokio::test]
#[ignore = "needs ROKKA_API_KEY and ROKKA_ORGANIZATION"]
async fn the_main_job() {
    let organization = std::env::var("ROKKA_ORGANIZATION").expect("ROKKA_ORGANIZATION is not set");
    let rokka = Client::from_env().unwrap();
    let images = rokka.source_images(organization).unwrap();
    // Bytes of its own, so that no image of anybody else is meant.
    let mut picture = include_bytes!("../../examples/assets/sailing-boat.jpg").to_vec();
    picture.extend(std::process::id().to_le_bytes());
    let uploaded = images
        .upload(Source::bytes("rokka-rust-live-test.jpg", picture.clone()))
        .user_metadata("int:rokka_rust_live_test", 1)
        .await
        .unwrap();
    let area = SubjectArea::new(165, 210, 75, 90);
    let changed = images
        .set_subject_area(&uploaded.hash, area)
        .delete_previous()
        .await
        .unwrap();
    assert_ne!(changed.hash, uploaded.hash);
    let protected = images
        .set_protected(&changed.hash, true)
        .delete_previous()
        .await
        .unwrap();
    assert!(protected.protected);
    assert!(images.download(&protected.hash).bytes().await.unwrap() == picture);
    images.delete(&protected.hash).await.unwrap();
    assert!(
        images
            .get(&protected.hash)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert_eq!(
        images.restore(&protected.hash).await.unwrap().hash,
        protected.hash
    );
    images.delete(&protected.hash).await.unwrap();
}
