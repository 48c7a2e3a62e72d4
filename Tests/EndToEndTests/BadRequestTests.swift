import BuiltinContracts
import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import Testing
import Wire

extension EndToEnd {
  /// What a node says to requests that it must refuse.
  @Suite("Bad requests", .network(suite: "intl", importsFixtures: false))
  struct BadRequests {
    let network: TestNetwork
    let keys: KeyFile
    let recorder: Recorder
    let before: WireStatusResponse

    init() async throws {
      network = try #require(TestNetwork.shared)
      keys = try network.keys(of: "finance")
      recorder = try await Recorder(
        network.ledger,
        Identity(member: "finance", signing: keys.signing, sealing: keys.sealing))
      before = try await network.connection.status()
    }

    @Test("A signature of another member's key is refused")
    func wrongSignature() async throws {
      let other = try network.keys(of: "insurance").signing
      try await expect(
        "transaction.wrong_signature", 401, "signature", sign(put(1), key: other).encoded())
    }

    @Test("A member that the chain does not know is refused")
    func unknownMember() async throws {
      try await expect(
        "registry.unknown_member", 401, "member", sign(put(1), member: "nobody").encoded())
    }

    @Test("A transaction for another chain is refused")
    func otherChain() async throws {
      let other = recorder.ledger.suite.hash(.transaction, [1])
      try await expect(
        "transaction.other_chain", 409, "chain_id", sign(put(1), chainID: other).encoded())
    }

    @Test("A transaction whose last height has passed is refused")
    func expired() async throws {
      try await expect(
        "transaction.expired", 409, "valid_until_height", sign(put(1), validUntil: 1).encoded())
    }

    @Test("A transaction that would stay valid too long is refused")
    func validTooLong() async throws {
      try await expect(
        "transaction.valid_too_long", 400, "valid_until_height",
        sign(put(1), validUntil: .max).encoded())
    }

    @Test("Content that does not have the digest that was signed is refused")
    func otherAttachment() async throws {
      let put = try put(1)
      var attachment = try #require(put.attachments.first)
      attachment[0] ^= 1
      try await expect(
        "request.invalid", 400, "attachments", sign(put, attachments: [attachment]).encoded())
    }

    @Test("A transaction without the content that it names is refused")
    func missingAttachment() async throws {
      try await expect(
        "request.invalid", 400, "attachments", sign(put(1), attachments: []).encoded())
    }

    @Test("Content that no call names is refused")
    func surplusAttachment() async throws {
      let put = try put(1)
      let transaction = try sign(put, attachments: put.attachments + [[1, 2, 3]])
      try await expect("request.invalid", 400, "attachments", transaction.encoded())
    }

    @Test("An attachment above its bound is refused")
    func largeAttachment() async throws {
      let content = [UInt8](repeating: 7, count: Limits.attachmentBytes + 1)
      let call = Transaction.Call(
        contract: "invoice", method: "putBlue", arguments: [],
        attachments: [recorder.ledger.suite.hash(.attachment, content)])
      let transaction = try recorder.ledger.sign(
        [call], attachments: [content], validUntil: before.height + 100, by: recorder.identity)
      try await expect("request.invalid", 400, "attachments", transaction.encoded())
    }

    @Test("Bytes that are no transaction are refused", arguments: [UInt8(0), 8, 0x0a, 0xff])
    func garbage(_ byte: UInt8) async throws {
      let report = try await refusal([UInt8](repeating: byte, count: 1_000))
      #expect(["request.malformed", "request.not_canonical"].contains(report.code))
      #expect(report.status == 400)
      try await expectUnchanged()
    }

    @Test("A transaction cut at any of many places is refused")
    func truncated() async throws {
      let bytes = try sign(put(1)).encoded()
      for count in stride(from: 1, to: bytes.count, by: bytes.count / 20) {
        #expect(try await refusal(Array(bytes.prefix(count))).status == 400)
      }
      try await expectUnchanged()
    }

    @Test("A transaction with an unknown field is refused")
    func unknownField() async throws {
      try await expect(
        "request.not_canonical", 400, "yilian.v1.SignedTransaction",
        sign(put(1)).encoded() + [0x78, 0x01])
    }

    @Test("An empty body is refused")
    func empty() async throws {
      try await expect("request.empty_body", 400, "body", [])
    }

    @Test("A body above the bound is refused, and the client learns the bound")
    func oversized() async throws {
      try await expect(
        "request.too_large", 413, "body", [UInt8](repeating: 0, count: Limits.transactionBytes + 1))
    }

    @Test("The same key for other content is refused, the same bytes get their first receipts")
    func repetition() async throws {
      let first = try sign(put(2), idempotencyKey: [1, 2, 3])
      let answer = try await network.connection.submit(first.encoded())
      #expect(!answer.repeatedSubmission)
      #expect(answer.receipts.count == 1)
      let size = try await network.connection.status().logSize
      #expect(size > before.logSize)

      let again = try await network.connection.submit(first.encoded())
      #expect(again.repeatedSubmission)
      #expect(again.receipts == answer.receipts)
      #expect(again.height == answer.height)
      let other = try sign(put(3), idempotencyKey: [1, 2, 3])
      let report = try await refusal(other.encoded())
      #expect(report.code == "transaction.idempotency_conflict")
      #expect(report.status == 409)
      #expect(report.field == "idempotency_key")
      #expect(report.value == "010203")
      #expect(try await network.connection.status().logSize == size)
    }

    @Test("A question for sealed content is refused out of time, unsigned, or without a right")
    func sealedQuestions() async throws {
      let put = try put(4)
      let receipts = try await recorder.ledger.submit(
        [put.call], attachments: put.attachments, by: recorder.identity)
      #expect(receipts.map(\.isDone) == [true])
      let nowMs = UInt64(Date().timeIntervalSince1970 * 1_000)
      let size = try await network.connection.status().logSize

      await expectSealed("query.out_of_time", 401, by: recorder.identity, timeMs: nowMs - 120_000)
      await expectSealed("query.out_of_time", 401, by: recorder.identity, timeMs: .max)
      await expectSealed(
        "invoice.not_authorised", 403, by: try network.identity("auditor"), timeMs: nowMs)
      let other = try network.keys(of: "auditor").signing
      await expectSealed(
        "transaction.wrong_signature", 401,
        by: Identity(member: "finance", signing: other, sealing: keys.sealing), timeMs: nowMs)
      #expect(try await network.connection.status().logSize == size)
    }

    @Test("A question about an asset with an overlong name is refused, and the node lives on")
    func overlongName() async throws {
      var body = WireQueryBody()
      body.chainID = network.genesis.chainID.bytes.data
      body.member = "finance"
      body.timeMs = UInt64(Date().timeIntervalSince1970 * 1_000)
      body.namespace = String(repeating: "n", count: 200)
      let suite = recorder.ledger.suite
      var query = WireSignedQuery()
      query.body = body.encoded.data
      query.signature = try suite.sign(
        suite.hash(.query, body.encoded).bytes.span, with: keys.signing
      ).bytes.data
      do {
        let answer = try await network.connection.sealed(query.encoded)
        Issue.record("answered: \(answer)")
      } catch ClientFault.refused(let report) {
        #expect(report.code == "invoice.not_found")
      }
      try await expectUnchanged()
    }

    @Test("The largest numbers in questions are refused, and the node lives on")
    func largestNumbers() async throws {
      let connection = network.connection
      await #expect(throws: ClientFault.self) { try await connection.events(from: .max) }
      await #expect(throws: ClientFault.self) { try await connection.logRecord(at: .max) }
      await #expect(throws: ClientFault.self) { try await connection.consistency(from: .max) }
      await #expect(throws: ClientFault.self) {
        try await connection.asset(namespace: "invoice", key: "none", atLeast: .max)
      }
      #expect((try? await connection.headers(from: .max, limit: 1_000).headers) ?? [] == [])
      try await expectUnchanged()
    }

    // MARK: Steps

    private func put(_ number: Int) throws -> PreparedCall { try recorder.put(number: number) }

    /// A sound transaction but for what is given.
    private func sign(
      _ prepared: PreparedCall, member: String = "finance", chainID: Digest? = nil,
      idempotencyKey: [UInt8]? = nil, validUntil: UInt64? = nil, attachments: [[UInt8]]? = nil,
      key: PrivateKey? = nil
    ) throws -> Transaction {
      try Transaction(
        chainID: chainID ?? network.genesis.chainID, member: member,
        idempotencyKey: idempotencyKey ?? randomBytes(16),
        validUntil: validUntil ?? before.height + 1_000, calls: [prepared.call],
        attachments: attachments ?? prepared.attachments, key: key ?? keys.signing,
        suite: recorder.ledger.suite)
    }

    private func refusal(_ bytes: [UInt8]) async throws -> ProblemReport {
      do {
        let answer = try await network.connection.submit(bytes)
        Issue.record("accepted: \(answer)")
        throw NotRefused()
      } catch ClientFault.refused(let report) {
        #expect(!report.remedy.isEmpty)
        #expect(!report.field.isEmpty)
        return report
      }
    }

    /// Refused in these words, and nothing was stored.
    private func expect(
      _ code: String, _ status: Int, _ field: String, _ bytes: [UInt8],
      at location: SourceLocation = #_sourceLocation
    ) async throws {
      let report = try await refusal(bytes)
      #expect(report.code == code, sourceLocation: location)
      #expect(report.status == status, sourceLocation: location)
      #expect(report.field == field, sourceLocation: location)
      try await expectUnchanged(at: location)
    }

    private func expectUnchanged(at location: SourceLocation = #_sourceLocation) async throws {
      let after = try await network.connection.status()
      #expect(after.logSize == before.logSize, sourceLocation: location)
      #expect(after.poolTransactions == 0, sourceLocation: location)
      #expect(after.height >= before.height, sourceLocation: location)
    }

    private func expectSealed(
      _ code: String, _ status: Int, by reader: Identity, timeMs: UInt64,
      at location: SourceLocation = #_sourceLocation
    ) async {
      do throws(LedgerClientFault) {
        _ = try await network.ledger.read(
          code: Samples.code, number: Samples.number(4), by: reader, timeMs: timeMs)
        Issue.record("answered, not \(code)", sourceLocation: location)
      } catch {
        guard case .node(.refused(let report)) = error else {
          Issue.record("\(error)", sourceLocation: location)
          return
        }
        #expect(report.code == code, sourceLocation: location)
        #expect(report.status == status, sourceLocation: location)
        #expect(!report.remedy.isEmpty, sourceLocation: location)
      }
    }
  }
}

struct NotRefused: Error {}
