import BuiltinContracts
import Cryptography
import EInvoice
import Foundation
import LedgerClient
import LedgerModel
import LightVerifier
import SwiftProtobuf
import Testing
import Wire

extension EndToEnd {
  /// A node that lies about any field of an answer is caught by the client, which names the lie.
  @Suite("Lies", .network(suite: "sm"))
  struct Lies {
    let network: TestNetwork
    /// A blue invoice with a red one, and another blue one.
    let (asset, other): (AssetID, AssetID)

    init() throws {
      network = try #require(TestNetwork.shared)
      let (flushed, plain) = (try Samples.invoice("0004"), try Samples.invoice("0010"))
      asset = InvoiceContract.asset(code: flushed.code, number: flushed.number)
      other = InvoiceContract.asset(code: plain.code, number: plain.number)
    }

    @Test("Each lie about a value is noticed")
    func values() async throws {
      let truth = try await network.ledger.value(of: asset)
      let otherBundle = try await network.ledger.value(of: other).bundle
      let absence = try await network.connection.asset(namespace: "invoice", key: "none")
      let path = try #require(truth.bundle.items.first).value.path
      let lies = ProofLie.ofHeader + [
        ProofLie("wrongValue", "value") { $0.items[0].value.value.flip() },
        ProofLie("wrongValue", "no value") { $0.items[0].value.value = Data() },
        ProofLie("notInIndex", "leaf") { $0.items[0].value.leaf.flip() },
        ProofLie("notInIndex", "path") { $0.items[0].value.path.siblings[0].flip() },
        ProofLie("notInIndex", "shorter path") { $0.items[0].value.path.siblings.removeLast() },
        ProofLie("notInIndex", "longer path") {
          $0.items[0].value.path.siblings.append([UInt8](repeating: 0, count: 32).data)
        },
        ProofLie("malformedPart", "digest of 31 bytes") {
          $0.items[0].value.path.siblings[0].removeLast()
        },
        ProofLie("notInIndex", "name") { [other] in $0.items[0].value.key = other.key },
        ProofLie("otherAnswer", "another asset") { $0 = otherBundle },
        ProofLie("otherAnswer", "two answers") { $0.items.append($0.items[0]) },
        ProofLie("absenceNotShown", "absence") { [asset] in
          $0.items[0].absence = WireAbsenceProof()
          $0.items[0].absence.namespace = asset.namespace
          $0.items[0].absence.key = asset.key
          $0.items[0].absence.path = path
        },
        ProofLie("otherAnswer", "absence of another asset") { $0 = absence },
      ]
      try await expect(lies) { try await $0.value(of: asset) }
    }

    @Test("Each lie about values that are proven together is noticed")
    func severalValues() async throws {
      let missing = AssetID(namespace: "invoice", key: "none")
      let asked = [asset, missing, other]
      let truth = try await network.ledger.values(of: asked)
      #expect(truth.values.map { $0?.asset } == [asset, nil, other])
      #expect(truth.bundle.items.count == 3)
      let lies = [
        ProofLie("wrongValue", "the last value") { $0.items[2].value.value.flip() },
        ProofLie("otherAnswer", "exchanged") { $0.items.swapAt(0, 2) },
        ProofLie("otherAnswer", "without the first") { $0.items.removeFirst() },
        ProofLie("otherAnswer", "one too many") { $0.items.append($0.items[2]) },
      ]
      try await expect(lies) { try await $0.values(of: asked) }
    }

    @Test("Each lie about an absence is noticed")
    func absences() async throws {
      let missing = AssetID(namespace: "invoice", key: "none")
      let present = try await network.ledger.value(of: asset).bundle
      let lies = [
        ProofLie("absenceNotShown", "path") { $0.items[0].absence.path.siblings[0].flip() },
        ProofLie("absenceNotShown", "name") { [asset] in $0.items[0].absence.key = asset.key },
        ProofLie("otherAnswer", "another asset") { $0 = present },
      ]
      try await expect(lies) { try await $0.value(of: missing) }
    }

    @Test("Each lie about a trail is noticed")
    func trails() async throws {
      let truth = try #require(try await network.ledger.trail(of: asset).fact)
      #expect(truth.events.map(\.operation) == ["putBlue", "redFlush"])
      let foreign = try await network.ledger.trail(of: other).bundle
      let foreignEvent = try #require(foreign.items.first?.trail.events.first)
      let lies = ProofLie.ofHeader + [
        ProofLie("brokenTrail", "without the newest") { $0.items[0].trail.events.removeLast() },
        ProofLie("brokenTrail", "without the first") { $0.items[0].trail.events.removeFirst() },
        ProofLie("brokenTrail", "without any") { $0.items[0].trail.events = [] },
        ProofLie("brokenTrail", "one twice") {
          $0.items[0].trail.events.append($0.items[0].trail.events[1])
        },
        ProofLie("brokenTrail", "exchanged") { $0.items[0].trail.events.swapAt(0, 1) },
        ProofLie("brokenTrail", "of another") { $0.items[0].trail.events[0] = foreignEvent },
        .event(0, "brokenTrail", "actor of the first") { $0.actor = "auditor" },
        .event(1, "brokenTrail", "time of the last") { $0.timeMs += 1 },
        .event(1, "brokenTrail", "details of the last") { $0.details.flip() },
        .event(1, "brokenTrail", "height of the last") { $0.height += 1 },
        ProofLie("wrongValue", "value") { $0.items[0].trail.current.value.flip() },
        ProofLie("notInIndex", "leaf") { $0.items[0].trail.current.leaf.flip() },
        ProofLie("otherAnswer", "another asset") { $0 = foreign },
      ]
      try await expect(lies) { try await $0.trail(of: asset) }
    }

    @Test("Each lie about receipts is noticed, and a lie with a submission's answer has no effect")
    func receipts() async throws {
      let recorder = try await Recorder(network.ledger, network.identity("finance"))
      let height = try await network.connection.status().height
      let puts = [try recorder.put(number: 1), try recorder.put(number: 2)]
      let transactions = try [puts, [recorder.print(number: 1)]].map { calls in
        try recorder.ledger.sign(
          calls.map(\.call), attachments: calls.flatMap(\.attachments), validUntil: height + 100,
          by: recorder.identity)
      }
      for transaction in transactions {
        _ = try await network.connection.submit(transaction.encoded())
      }
      let foreign = try await network.connection.receipts(of: transactions[1].id).bundle
      let lies = ProofLie.ofHeader + [
        ProofLie("otherAnswer", "another transaction's") { $0 = foreign },
        ProofLie("otherAnswer", "one missing") { $0.items.removeLast() },
        ProofLie("otherAnswer", "the first missing") { $0.items.removeFirst() },
        ProofLie("otherAnswer", "one too many") { $0.items.append($0.items[0]) },
        ProofLie("otherAnswer", "exchanged") { $0.items.swapAt(0, 1) },
        .receipt("outcome") { $0.refusal.code = "invoice.duplicate" },
        .receipt("height") { $0.height += 1 },
        .receipt("member") { $0.member = "auditor" },
        ProofLie("notInLog", "position") { $0.items[0].log.position += 1 },
        ProofLie("notInLog", "position beyond") { $0.items[0].log.position = .max },
        ProofLie("notInLog", "path") { $0.items[0].log.path[0].flip() },
      ]
      try await expect(lies) { try await $0.receipts(of: transactions[0]) }

      let print = recorder.print(number: 1)
      try await withLyingNode(of: network) { node, ledger in
        node.tell(.init(submit: { $0.transactionID.flip() }))
        let fault = await faultName("another transaction") {
          _ = try await ledger.submit([print.call], by: recorder.identity)
        }
        #expect(fault == "otherAnswer")
        node.tell(.init(submit: { $0.receipts[0].refusal.code = "invoice.not_found" }))
        let proven = try await ledger.submit([print.call], by: recorder.identity)
        #expect(proven.map(\.isDone) == [true])
      }
    }

    @Test("Each lie about the log's growth is noticed")
    func consistency() async throws {
      let other = try await network.connection.consistency(from: 2)
      let lies = ProofLie.ofHeader + [
        ProofLie("notConsistent", "path") { $0.items[0].consistency.path[0].flip() },
        ProofLie("notConsistent", "shorter path") { $0.items[0].consistency.path.removeLast() },
        ProofLie("notFinalised", "older header") {
          $0.items[0].consistency.older.finalization.signatures[0].flip()
        },
        ProofLie("otherAnswer", "from another height") { $0 = other },
      ]
      try await expect(lies) { try await $0.consistency(from: 3) }
    }

    @Test("A node that goes back to an older state is noticed")
    func olderState() async throws {
      let recorder = try await Recorder(network.ledger, network.identity("finance"))
      try await withLyingNode(of: network) { [asset] node, ledger in
        _ = try await ledger.value(of: asset)
        let (old, height) = (try #require(node.lastTruth), try await ledger.connection.status())
        let put = try recorder.put(number: 3)
        _ = try await ledger.submit([put.call], attachments: put.attachments, by: recorder.identity)
        node.tell(.init(bundle: { $0 = old }))
        let older = await faultName("older value") { _ = try await ledger.value(of: asset) }
        #expect(older == "tooOld")
        node.tell(.init(status: { $0.height = height.height }))
        #expect(await faultName("older header") { _ = try await ledger.newestHeader() } == "tooOld")
        node.tell(.init(status: { $0.height = 0 }))
        #expect(await faultName("no header") { _ = try await ledger.newestHeader() } == "tooOld")
        node.tell(.init(headers: { $0.headers = [] }))
        let missing = await faultName("header missing") { _ = try await ledger.newestHeader() }
        #expect(missing == "otherAnswer")
        node.tell(.init(headers: { $0.headers[0].header.flip() }))
        #expect(await faultName("header altered") { _ = try await ledger.newestHeader() } != nil)
      }
    }

    @Test("A node that names an absurd height cannot break the client")
    func absurdHeight() async throws {
      let recorder = try await Recorder(network.ledger, network.identity("finance"))
      try await withLyingNode(of: network) { [asset] node, ledger in
        node.tell(.init(status: { $0.height = .max }))
        // The honest node behind refuses what was signed for such a height.
        await #expect(throws: LedgerClientFault.self) {
          try await ledger.submit([recorder.print(number: 1).call], by: recorder.identity)
        }
        node.tell(.init())
        _ = try await ledger.value(of: asset)
      }
    }

    @Test("Each lie about sealed content is noticed")
    func sealedContent() async throws {
      let (flushed, plain) = (try Samples.invoice("0004"), try Samples.invoice("0010"))
      let reader = try network.identity("finance")
      let read = { @Sendable (ledger: RemoteLedger) in
        try await ledger.read(
          code: flushed.code, number: flushed.number, by: reader,
          timeMs: UInt64(Date().timeIntervalSince1970 * 1_000))
      }
      let file = try await read(network.ledger).file
      #expect(file == (try Samples.bytes("0004")))
      let foreign = try await network.ledger.value(
        of: InvoiceContract.asset(code: plain.code, number: plain.number)
      ).bundle
      let lies = ProofLie.ofHeader + [
        ProofLie("wrongValue", "wrapped key") { bundle in
          guard
            var state = try? InvoiceState(serializedBytes: bundle.items[0].value.value)
          else { return }
          state.sealed.ownerKey.wrapped.flip()
          bundle.items[0].value.value = state.encoded.data
        },
        ProofLie("wrongValue", "grant") { bundle in
          guard
            var state = try? InvoiceState(serializedBytes: bundle.items[0].value.value)
          else { return }
          state.grants.append(InvoiceGrant())
          bundle.items[0].value.value = state.encoded.data
        },
        ProofLie("otherAnswer", "another invoice") { $0 = foreign },
      ]
      try await expect(lies, read)
      try await withLyingNode(of: network) { node, ledger in
        for (what, change) in Self.ciphertexts {
          node.tell(.init(ciphertext: change))
          let fault = await faultName("ciphertext: \(what)") { _ = try await read(ledger) }
          #expect(fault == "sealing.otherContent", "\(what)")
        }
      }
    }

    private static let ciphertexts: [(String, @Sendable (inout [UInt8]) -> Void)] = [
      ("altered", { $0 = flipped($0) }), ("empty", { $0 = [] }), ("cut", { $0.removeLast() }),
      ("longer", { $0.append(0) }),
    ]

    @Test("A key that an owner wrapped wrongly is found by the reader, with who wrapped it")
    func wrongKey() async throws {
      let recorder = try await Recorder(network.ledger, network.identity("finance"))
      let put = try recorder.put(number: 4)
      _ = try await recorder.ledger.submit(
        [put.call], attachments: put.attachments, by: recorder.identity)
      let suite = recorder.ledger.suite
      var call = InvoiceAuthorise()
      call.code = Samples.code
      call.number = Samples.number(4)
      call.grantee = "auditor"
      call.keys = [
        try await SealedContent.wrap(
          SecretBytes(randomByteCount: suite.symmetricKeyByteCount),
          to: recorder.ledger.member("auditor"), suite: suite)
      ]
      let receipts = try await recorder.ledger.submit(
        [recorder.ledger.prepare("authorise", call).call], by: recorder.identity)
      #expect(receipts.map(\.isDone) == [true])
      let auditor = try network.identity("auditor")
      await #expect(
        throws: LedgerClientFault.sealing(.wrongKey(member: "auditor", grantor: "finance"))
      ) {
        try await network.ledger.read(
          code: call.code, number: call.number, by: auditor,
          timeMs: UInt64(Date().timeIntervalSince1970 * 1_000))
      }
    }

    /// Tells each lie once; the client that notices it goes on to believe the truth.
    private func expect<Answer>(
      _ lies: [ProofLie],
      _ ask: @Sendable @escaping (RemoteLedger) async throws -> Answer
    ) async throws {
      try await withLyingNode(of: network) { node, ledger in
        for lie in lies {
          node.tell(.init(bundle: lie.change))
          let fault = await faultName(lie.what) { _ = try await ask(ledger) }
          #expect(fault == lie.fault, "\(lie.what)")
        }
        node.tell(.init())
        _ = try await ask(ledger)
      }
    }
  }
}

extension ProofLie {
  fileprivate static func event(
    _ index: Int, _ fault: String, _ what: String,
    _ change: @Sendable @escaping (inout WireAssetEvent) -> Void
  ) -> ProofLie {
    ProofLie(fault, what) { bundle in
      let bytes = bundle.items[0].trail.events[index]
      guard var event = try? WireAssetEvent(serializedBytes: bytes) else { return }
      change(&event)
      bundle.items[0].trail.events[index] = event.encoded.data
    }
  }

  fileprivate static func receipt(
    _ what: String, _ change: @Sendable @escaping (inout WireReceipt) -> Void
  ) -> ProofLie {
    ProofLie("notInLog", what) { bundle in
      guard var receipt = try? WireReceipt(serializedBytes: bundle.items[0].log.record) else {
        return
      }
      change(&receipt)
      bundle.items[0].log.record = receipt.encoded.data
    }
  }
}

extension Data {
  /// Changes one bit in the middle.
  fileprivate mutating func flip() { self = flipped(octets).data }
}
