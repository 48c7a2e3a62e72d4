/// Why a call was refused: a stable code, and the field and value that caused it.
///
/// The remedy belongs to the code, not to the receipt: wording may improve without a fork.
public struct Refusal: Error, Hashable, Sendable {
  /// A code with what to do about it.
  public struct Code: Hashable, Sendable {
    /// `contract.reason`, never reused with another meaning.
    public let name: String
    /// What the submitter can do.
    public let remedy: String

    public init(_ name: String, _ remedy: String) {
      self.name = name
      self.remedy = remedy
    }
  }

  /// Most bytes of a value in a receipt.
  public static let valueBytes = 256

  public let code: Code
  public let field: String
  public let value: String

  public init(_ code: Code, field: String, value: String) {
    self.code = code
    self.field = field
    // Scalars, not characters: a character has no longest form, and its bounds change with Unicode.
    self.value =
      value.utf8.count <= Self.valueBytes ? value : String(value.unicodeScalars.prefix(63)) + "…"
  }
}

/// Codes that the ledger itself gives.
extension Refusal.Code {
  public static let expired = Self(
    "transaction.expired", "its last valid height has passed: sign it anew with a later one")
  public static let idempotencyConflict = Self(
    "transaction.idempotency_conflict",
    "this member used the key for another transaction: choose a new key for new content")
  public static let rolledBack = Self(
    "transaction.rolled_back",
    "another call of this all-or-nothing transaction was refused: mend that one, submit all again")
  public static let unknownMember = Self(
    "registry.unknown_member", "use the id of a member that is registered on this chain")
  public static let memberNotValid = Self(
    "registry.member_not_valid", "the member's validity has ended or not begun: renew it")
  public static let memberSuspended = Self(
    "registry.member_suspended", "a joint decision suspended the member: ask to be reinstated")
  public static let organisationSuspended = Self(
    "registry.organisation_suspended",
    "a joint decision suspended the member's organisation: ask to be reinstated")
  public static let validTooLong = Self(
    "transaction.valid_too_long",
    "choose a last height at most \(Limits.validityBlocks) blocks after the newest")
  public static let wrongSignature = Self(
    "transaction.wrong_signature", "sign the transaction id with the member's registered key")
  public static let notPermitted = Self(
    "contract.not_permitted", "ask for one of the roles that this method needs")
  public static let restricted = Self(
    "contract.restricted",
    "a joint decision lets only some call this method: see governance.permissions/current")
  public static let outsideRegion = Self(
    "contract.outside_region", "a member acts only for its own administrative region")
  public static let unknownContract = Self(
    "contract.unknown_contract", "see the node's API description for the contracts of this chain")
  public static let unknownMethod = Self(
    "contract.unknown_method", "see the contract's README for its methods")
  public static let malformedArguments = Self(
    "contract.malformed_arguments",
    "encode the method's argument message canonically and without unknown fields")
  public static let tooLarge = Self(
    "contract.too_large", "the asset has reached a bound: see the contract's limits")
  public static let signatureChecksUsed = Self(
    "contract.signature_checks_used",
    "try again in a later block: the block's checks of signatures are used up")

  static let ledger: [Self] = [
    .expired, .validTooLong, .idempotencyConflict, .rolledBack, .unknownMember, .memberNotValid,
    .memberSuspended, .organisationSuspended, .wrongSignature, .notPermitted, .restricted,
    .outsideRegion, .unknownContract, .unknownMethod, .malformedArguments, .tooLarge,
    .signatureChecksUsed,
  ]

  /// The ledger's own code of this name.
  public init?(ledger name: String) {
    guard let code = Self.ledger.first(where: { $0.name == name }) else { return nil }
    self = code
  }
}
