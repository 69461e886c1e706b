//! The roles that operations need, for the hint after a refused one.

/// Returns the role that an operation of the service needs in the organization; `None` if it is not known to need one.
pub(crate) fn role_of(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "createSourceImage" | "renderUploadedImage" => "upload",
        "listSourceImages"
        | "listSourceImagesByBinaryHash"
        | "getSourceImage"
        | "getSourceImageMetaUser"
        | "getSourceImageMetaUserWithName"
        | "getSourceImageAlias"
        | "downloadSourceImages" => "sourceimages:read",
        "downloadSourceImage" => {
            "sourceimages:read, and for a protected image sourceimages:download:protected"
        }
        "copySourceImage" | "copyMultipleSourceImages" => {
            "sourceimages:read here and sourceimages:write in the other organization"
        }
        "putSourceImageOptionsLocked" => "admin or sourceimages:unlock",
        "createSourceImageAutolabel" | "createSourceImageAutodescription" => {
            "sourceimages:write, and the organization a paid plan"
        }
        "deleteSourceImageCache" | "deleteSourceImageAliasCache" | "deleteStackCache" => {
            "write, and the organization a paid plan"
        }
        "listStacks" | "getStack" | "getOrganization" | "getStats" => "read",
        "createStack" | "deleteStack" => "write",
        "getBilling" => "billing:read",
        "listMemberships" | "getMembership" | "listSubOrganizations" | "listUserAdminApiKeys" => {
            "admin:read"
        }
        "createOrganizationOptions"
        | "putOrganizationOption"
        | "createMembership"
        | "createMembershipAndUser"
        | "deleteMembership"
        | "signUrl" => "admin",
        name if name.contains("SourceImage") => "sourceimages:write",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_has_its_role() {
        assert_eq!(role_of("deleteSourceImage"), Some("sourceimages:write"));
        assert_eq!(
            role_of("createSourceImageMetaUserWthName"),
            Some("sourceimages:write")
        );
        assert_eq!(role_of("createSourceImage"), Some("upload"));
        assert_eq!(role_of("createMembership"), Some("admin"));
        assert_eq!(role_of("getUser"), None);
    }

    #[test]
    fn the_roles_are_those_of_the_description() {
        let mut known = 0;
        for operation in rokka::api::operations() {
            let description = operation.description.to_lowercase();
            let Some((_, rest)) = description.split_once("requires the role `") else {
                continue;
            };
            let (role, _) = rest.split_once('`').unwrap_or_default();
            let found = role_of(operation.id).unwrap_or_default();
            assert!(found.starts_with(role), "{}: {role}, {found}", operation.id);
            known += 1;
        }
        assert!(known > 30, "{known}");
    }
}
