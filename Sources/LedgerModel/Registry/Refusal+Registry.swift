/// Codes of changes that the registry cannot take, now or when their epoch begins.
extension Refusal.Code {
  public static let malformedChange = Self(
    "governance.malformed", "correct the field as docs/spec/16-governance.md describes it")
  public static let subjectExists = Self(
    "governance.exists", "the node, organisation or member exists: choose another name")
  public static let unknownSubject = Self(
    "governance.unknown", "name a node, organisation or member of the registry as it is now")
  public static let noChange = Self(
    "governance.no_change", "nothing to do: the registry is like this already")
  public static let keyInUse = Self(
    "governance.key_in_use", "another node has this key: make a new one")
  public static let validatorCount = Self(
    "governance.validator_count", "a chain has 1 to 31 validators")
  public static let tooManyValidatorsChanged = Self(
    "governance.too_many_validators_changed",
    "change so many validators in steps: one proposal, then the next once its epoch has begun")
  public static let lastOrganisation = Self(
    "governance.last_organisation", "one organisation must stay to decide: reinstate another first")

  /// All of them, for those who explain refusals.
  public static let registryChanges: [Self] = [
    malformedChange, subjectExists, unknownSubject, noChange, keyInUse, validatorCount,
    tooManyValidatorsChanged, lastOrganisation,
  ]
}
