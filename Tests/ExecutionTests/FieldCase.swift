import Cryptography
import LedgerModel
import Testing
import Wire

/// A sample transaction with one field that the format does not allow.
struct FieldCase: CustomTestStringConvertible, Sendable {
  let title: String
  let field: String
  let value: String
  var inside: @Sendable (inout WireTransactionBody) -> Void = { _ in }
  var around: @Sendable (inout WireSignedTransaction) -> Void = { _ in }

  var testDescription: String { title }

  func body(_ suite: any CryptoSuite) throws -> WireTransactionBody {
    var body = try Samples.body(suite)
    inside(&body)
    return body
  }

  static let all: [FieldCase] = [
    FieldCase(title: "format 2", field: "format", value: "2", inside: { $0.format = 2 }),
    FieldCase(title: "no format", field: "format", value: "0", inside: { $0.format = 0 }),
    FieldCase(
      title: "a chain id of 31 bytes", field: "chain_id", value: bytes(31).hex,
      inside: { $0.chainID = bytes(31).data }),
    FieldCase(title: "no member", field: "member", value: "", inside: { $0.member = "" }),
    FieldCase(
      title: "a member with a blank", field: "member", value: "a b", inside: { $0.member = "a b" }),
    FieldCase(
      title: "a member in another script", field: "member", value: "医院",
      inside: { $0.member = "医院" }),
    FieldCase(
      title: "a member of 65 bytes", field: "member", value: String(repeating: "m", count: 65),
      inside: { $0.member = String(repeating: "m", count: 65) }),
    FieldCase(
      title: "no idempotency key", field: "idempotency_key", value: "0 bytes",
      inside: { $0.idempotencyKey = bytes(0).data }),
    FieldCase(
      title: "an idempotency key of 65 bytes", field: "idempotency_key", value: "65 bytes",
      inside: { $0.idempotencyKey = bytes(65).data }),
    FieldCase(
      title: "an unknown mode", field: "mode", value: "2", inside: { $0.mode = .UNRECOGNIZED(2) }),
    FieldCase(title: "no call", field: "calls", value: "0", inside: { $0.calls = [] }),
    FieldCase(
      title: "a call without a contract", field: "calls[1].contract", value: "",
      inside: { $0.calls[1].contract = "" }),
    FieldCase(
      title: "a call without a method", field: "calls[0].method", value: "",
      inside: { $0.calls[0].method = "" }),
    FieldCase(
      title: "arguments of a byte too many", field: "calls[1].arguments", value: "65537 bytes",
      inside: { $0.calls[1].arguments = bytes(Limits.argumentBytes + 1).data }),
    FieldCase(
      title: "five attachments of one call", field: "calls[0].attachments", value: "5",
      inside: { $0.calls[0].attachments = Array(repeating: bytes(32).data, count: 5) }),
    FieldCase(
      title: "an attachment's digest of 33 bytes", field: "calls[0].attachments",
      value: bytes(33).hex, inside: { $0.calls[0].attachments = [bytes(33).data] }),
    FieldCase(
      title: "a signature of 63 bytes", field: "signature", value: "63 bytes",
      around: { $0.signature = bytes(63).data }),
    FieldCase(
      title: "an attachment too few", field: "attachments", value: "0",
      around: { $0.attachments = [] }),
    FieldCase(
      title: "an attachment too many", field: "attachments", value: "2",
      around: { $0.attachments.append(bytes(1).data) }),
    FieldCase(
      title: "an attachment of a byte too many", field: "attachments", value: "2097153 bytes",
      around: { $0.attachments = [bytes(Limits.attachmentBytes + 1).data] }),
    FieldCase(
      title: "an attachment of other content", field: "attachments",
      value: IntlSuite().hash(.attachment, Samples.attachment).hex,
      around: { $0.attachments = [bytes(6).data] }),
  ]

  private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }
}
