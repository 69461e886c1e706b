//! JSON of responses: lists of images, and the other documents.

use rokka::{
    Album, Billing, CopyResult, CurrentUser, MembershipList, Organization, SourceImage,
    SourceImageList, StackList, Stats,
};

pub fn run(data: &[u8]) {
    if let Some(list) = crate::assert_stable::<SourceImageList>(data) {
        for image in &list.items {
            let _ = format!("{image:?}");
        }
    }
    crate::assert_stable::<SourceImage>(data);
    crate::assert_stable::<Album>(data);
    crate::assert_stable::<Billing>(data);
    crate::assert_stable::<CopyResult>(data);
    crate::assert_stable::<MembershipList>(data);
    // Their keys are secret, so they are read and never written.
    let _ = rokka::fuzzing::decode::<CurrentUser>(data);
    let _ = rokka::fuzzing::decode::<Organization>(data);
    crate::assert_stable::<StackList>(data);
    crate::assert_stable::<Stats>(data);
}
