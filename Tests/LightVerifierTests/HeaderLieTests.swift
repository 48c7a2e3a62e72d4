import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("A node that lies about a header is caught")
struct HeaderLieTests {
  private static let otherHeader = ProofFault.notFinalised(
    reason: "the certificate is for another header")
  private static let otherView = ProofFault.notFinalised(
    reason: "the certificate is for another view")
  private static let badSignature = ProofFault.notFinalised(reason: "badSignature(signer: 0)")

  private typealias HeaderChange = @Sendable (inout WireBlockHeader) -> Void

  /// Header fields whose alteration leaves a header that is well-formed and of this chain.
  private static let innocent: [(about: String, change: HeaderChange)] = [
    ("height", { $0.height += 1 }),
    ("view", { $0.view += 1 }),
    ("parent", { $0.parent = $0.parent.altered }),
    ("time", { $0.timeMs += 1 }),
    ("batches root", { $0.batchesRoot = $0.batchesRoot.altered }),
    ("executed.height", { $0.executed.height -= 1 }),
    ("executed.index_root", { $0.executed.indexRoot = $0.executed.indexRoot.altered }),
    ("executed.log_root", { $0.executed.logRoot = $0.executed.logRoot.altered }),
    ("executed.log_size", { $0.executed.logSize += 1 }),
    ("next validator set", { $0.nextValidatorSet = $0.nextValidatorSet.altered }),
  ]

  @Test("Each field of the header is covered by the certificate")
  func headerFields() throws {
    let sample = try sampleLedger()
    let chain = sample.world.genesis.chainID
    var otherChain = chain.bytes
    otherChain[31] ^= 1
    let lies =
      Self.innocent.map { field in
        Lie(field.about, Self.otherHeader) { try $0.header.alterHeader(field.change) }
      } + [
        Lie("chain id", .otherChain(expected: chain.hex, found: otherChain.hex)) {
          try $0.header.alterHeader { $0.chainID = $0.chainID.altered }
        },
        Lie("epoch", .unknownEpoch(1, newest: 0)) { try $0.header.alterHeader { $0.epoch = 1 } },
        Lie("validator set", .otherValidators) {
          try $0.header.alterHeader { $0.validatorSet = $0.validatorSet.altered }
        },
        Lie("executed.height beyond", .contradiction(field: "executed.height", value: "5")) {
          try $0.header.alterHeader { $0.executed.height = 5 }
        },
        Lie(
          "suite",
          .malformed(
            .invalid(field: "header.suite", value: "1", remedy: "the chain's suite is intl"))
        ) { try $0.header.alterHeader { $0.suite = 1 } },
        Lie(
          "format",
          .malformed(
            .invalid(field: "header.format", value: "2", remedy: "this version reads format 1"))
        ) { try $0.header.alterHeader { $0.format = 2 } },
        Lie(
          "parent's length",
          .malformed(.invalid(field: "header.parent", value: "00", remedy: "it must have 32 bytes"))
        ) { try $0.header.alterHeader { $0.parent = [0].data } },
        Lie("trailing byte", .malformed(.wire(.malformed(message: "yilian.v1.BlockHeader")))) {
          $0.header.header = ($0.header.header.octets + [0]).data
        },
        Lie("no header", .malformed(.invalid(
          field: "header.format", value: "0", remedy: "this version reads format 1"))) {
          $0.header.header = [].data
        },
      ]
    try expectRefusals(of: lies, in: sample.valueBundle(Notes.asset("ten")), by: sample.verifier)
  }

  @Test("A certificate rewritten to fit an altered header is not signed")
  func rewrittenCertificate() throws {
    let sample = try sampleLedger()
    let lies = Self.innocent.map { field in
      Lie(field.about, Self.badSignature) { bundle in
        var view: UInt64 = 0
        try bundle.header.alterHeader { fields in
          field.change(&fields)
          view = fields.view
        }
        bundle.header.finalization.view = view
        let hash = sample.world.suite.hash(.header, bundle.header.header.octets)
        bundle.header.finalization.block = hash.bytes.data
      }
    }
    try expectRefusals(of: lies, in: sample.valueBundle(Notes.asset("ten")), by: sample.verifier)
  }

  @Test("Each field of the certificate is checked")
  func certificateFields() throws {
    let sample = try sampleLedger(validators: 4)
    let badSigners = { (count: Int) in
      ProofFault.malformed(
        .invalid(
          field: "finalization.signers", value: "\(count) signers",
          remedy: "name each signer once, ascending, with one signature each"))
    }
    let lies = [
      Lie("epoch", Self.otherView) { $0.header.finalization.epoch = 1 },
      Lie("view", Self.otherView) { $0.header.finalization.view += 1 },
      Lie("parent view", Self.badSignature) { $0.header.finalization.parentView += 1 },
      Lie("block", Self.otherHeader) {
        $0.header.finalization.block = $0.header.finalization.block.altered
      },
      Lie(
        "block's length",
        .malformed(
          .invalid(field: "finalization.block", value: "", remedy: "it must have 32 bytes"))
      ) { $0.header.finalization.block = [].data },
      Lie("third signature", .notFinalised(reason: "badSignature(signer: 2)")) {
        $0.header.finalization.signatures[2] = $0.header.finalization.signatures[2].altered
      },
      Lie(
        "a signature's length",
        .malformed(
          .invalid(
            field: "finalization.signatures", value: "65 bytes",
            remedy: "a signature has 64 bytes"))
      ) {
        let signature = $0.header.finalization.signatures[1].octets
        $0.header.finalization.signatures[1] = (signature + [0]).data
      },
      Lie("two signatures exchanged", Self.badSignature) {
        $0.header.finalization.signatures.swapAt(0, 1)
      },
      Lie("another signer's name", .notFinalised(reason: "badSignature(signer: 3)")) {
        $0.header.finalization.signers[2] = 3
      },
      Lie("signers out of order", badSigners(3)) { $0.header.finalization.signers.swapAt(0, 1) },
      Lie("a signer without signature", badSigners(4)) { $0.header.finalization.signers.append(3) },
      Lie("a signature without signer", badSigners(3)) {
        $0.header.finalization.signatures.append($0.header.finalization.signatures[0])
      },
      Lie("far too many signatures", badSigners(3)) {
        let signature = $0.header.finalization.signatures[0]
        $0.header.finalization.signatures += Array(repeating: signature, count: 1_000)
      },
      Lie("no certificate", .notFinalised(reason: "it has no certificate")) {
        $0.header.clearFinalization()
      },
    ]
    try expectRefusals(of: lies, in: sample.valueBundle(Notes.asset("ten")), by: sample.verifier)
  }

  @Test("Each field of a bundle is checked")
  func bundleFields() throws {
    let sample = try sampleLedger()
    let lies = [
      Lie("format", .malformedPart("bundle format 2; this version reads format 1")) {
        $0.format = 2
      },
      Lie("no items", .malformedPart("the bundle proves nothing")) { $0.items = [] },
      Lie("an item without proof", .malformedPart("an item without a proof")) {
        $0.items.append(WireProofItem())
      },
      Lie("a second item that is wrong", .wrongValue(Notes.asset("ten"))) {
        $0.items.append($0.items[0])
        $0.items[1].value.value = $0.items[1].value.value.altered
      },
      Lie("an older header", .notInIndex(Notes.asset("ten"))) {
        let older = try #require(try sample.ledger.headers(from: 2, limit: 1).first)
        $0.header = older.wire
      },
    ]
    try expectRefusals(of: lies, in: sample.valueBundle(Notes.asset("ten")), by: sample.verifier)
  }
}
