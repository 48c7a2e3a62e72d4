import Cryptography
import LedgerModel
import Testing
import Wire

/// Fixed facts for golden bytes and mutilation: no key, no chance. The signature is not a real one.
enum Samples {
  static func digest(_ byte: UInt8) throws -> Digest {
    try #require(Digest([UInt8](repeating: byte, count: 32)))
  }

  static let attachment = Array("sealed".utf8)

  /// Two calls, the first with an attachment.
  static func body(_ suite: any CryptoSuite) throws -> WireTransactionBody {
    var body = WireTransactionBody()
    body.format = 1
    body.chainID = try digest(0xc1).bytes.data
    body.member = "hospital"
    body.idempotencyKey = [1, 2, 3].data
    body.validUntilHeight = 300
    body.mode = .allOrNothing
    var first = WireCall()
    first.contract = "invoice"
    first.method = "putBlue"
    first.arguments = [0xaa, 0xbb].data
    first.attachments = [suite.hash(.attachment, attachment).bytes.data]
    var second = WireCall()
    second.contract = "invoice"
    second.method = "print"
    body.calls = [first, second]
    return body
  }

  static func signed(_ body: [UInt8]) -> WireSignedTransaction {
    var signed = WireSignedTransaction()
    signed.body = body.data
    signed.signature = [UInt8](repeating: 0x5a, count: 64).data
    signed.attachments = [attachment.data]
    return signed
  }

  static func signed(_ suite: any CryptoSuite) throws -> [UInt8] {
    signed(try body(suite).encoded).encoded
  }

  static func receipt(_ outcome: Receipt.Outcome) throws -> Receipt {
    Receipt(
      transactionID: try digest(0xd1), callIndex: 1, height: 300, member: "fund",
      contract: "invoice", method: "post", outcome: outcome)
  }

  static let refusal = Receipt.Outcome.refused(
    .init(
      Refusal(
        .init("invoice.locked", "wait"), field: "holder", value: "employer until 1767225600000")))

  static func event(origin: AssetEvent.Origin? = nil) throws -> AssetEvent {
    AssetEvent(
      asset: AssetID(namespace: "invoice", key: "46060226:0001"), sequence: 2,
      previous: try digest(0xe1), previousPosition: 129, operation: "post",
      valueDigest: try digest(0xe2), actor: "fund", transactionID: try digest(0xe3), callIndex: 1,
      height: 300, timeMs: 1_767_225_600_000, details: [0x0a, 0x01], origin: origin)
  }

  static func leaf() throws -> AssetLeaf {
    AssetLeaf(sequence: 2, head: try digest(0xf1), valueDigest: try digest(0xf2), position: 130)
  }

  static func header(_ suite: any CryptoSuite) throws -> BlockHeader {
    BlockHeader(
      chainID: try digest(0xc1), suite: suite, epoch: 1, height: 300, view: 301,
      parent: try digest(0xc2), timeMs: 1_767_225_600_000,
      batches: [try digest(0xc3), try digest(0xc4)],
      executed: ExecutedState(
        height: 299, indexRoot: try digest(0xc5), logRoot: try digest(0xc6), logSize: 1_000),
      validatorSet: try digest(0xc7), nextValidatorSet: try digest(0xc8))
  }
}

extension Samples {
  /// A genesis document as an operator's tool would write it, with keys that anybody can have.
  static func genesis(
    _ id: SuiteID, _ change: (inout WireGenesis) -> Void = { _ in }
  ) throws -> [UInt8] {
    let secret = SecretBytes(copying: [UInt8](repeating: 0x17, count: 32))
    let signing = try id.suite.privateKey(secret, use: .signing).publicKey.encoded
    let sealing = try id.suite.privateKey(secret, use: .sealing).publicKey.encoded
    var genesis = WireGenesis()
    genesis.format = 1
    genesis.name = "golden"
    genesis.suite = id.name
    genesis.timeMs = 1_767_225_600_000
    var validator = WireValidatorRecord()
    validator.name = "v1"
    validator.signingKey = signing.data
    genesis.validators = [validator]
    var organisation = WireOrganisationRecord()
    organisation.id = "fund"
    organisation.name = "医保中心"
    organisation.region = "460000"
    genesis.organisations = [organisation]
    var member = WireMemberRecord()
    member.id = "fund-1"
    member.organisation = "fund"
    member.roles = ["reimburser"]
    member.region = "460000"
    member.signingKey = signing.data
    member.sealingKey = sealing.data
    genesis.members = [member]
    change(&genesis)
    return Genesis.document(genesis)
  }
}
