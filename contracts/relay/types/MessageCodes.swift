public import LedgerModel

extension RelayContract {
  /// Codes that message types refuse with beside those of invoices: to a sender in its receipt, or
  /// as the result of an acknowledgement. A code is never reused with another meaning.
  public static let messageCodes: [Refusal.Code] = [
    noContent, otherFacts, olderVersion, otherOrigin, unknownDocument, settlementKnown,
    unknownSettlement, otherUnit, notShared, notCallable, senderUnknown, outOfScope,
    versionTooFar,
  ]

  static let noContent = Refusal.Code(
    "message.no_content", "a message of this type carries a document: seal it into the packet")
  static let otherFacts = Refusal.Code(
    "message.other_facts", "say of the invoice what this chain has recorded")
  static let olderVersion = Refusal.Code(
    "message.older_version", "nothing to do: the destination has this version or a newer one")
  static let otherOrigin = Refusal.Code(
    "message.other_origin", "another chain keeps something under this key: choose a key of your own"
  )
  static let unknownDocument = Refusal.Code(
    "message.unknown_document", "there is no such document to revoke")
  static let settlementKnown = Refusal.Code(
    "message.settlement_known", "a settlement of this id was uploaded: upload the next one")
  static let unknownSettlement = Refusal.Code(
    "message.unknown_settlement", "no settlement of this id is uploaded and in force")
  static let otherUnit = Refusal.Code(
    "message.other_unit", "a member acts for its own organisation: name that as the unit")
  static let notShared = Refusal.Code(
    "message.not_shared", "ask the chain that recorded the invoice to share it first")
  static let notCallable = Refusal.Code(
    "message.not_callable", "call a method that statements of identity can name")
  static let senderUnknown = Refusal.Code(
    "message.not_recognised",
    "have the sender recognised there as the packet's recipient, with the keys that both have, "
      + "before it sends")
  static let outOfScope = Refusal.Code(
    "message.out_of_scope", "sign a newer statement whose scope names the method")
  static let versionTooFar = Refusal.Code(
    "message.far_version", "name the newest version that was signed")
}
