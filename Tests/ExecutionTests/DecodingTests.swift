import Cryptography
import Testing
import Wire

@testable import LedgerModel

/// Bytes from outside: exactly the canonical encoding within its limits is read, all else refused.
struct DecodingTests {
  private let suite = SuiteID.intl.suite
  private static let bodyName = "yilian.v1.TransactionBody"
  private static let signedName = "yilian.v1.SignedTransaction"

  @Test("A sample transaction is read back as it was written")
  func whole() throws {
    let bytes = try Samples.signed(suite)
    let transaction = try Transaction(decoding: bytes, suite: suite)
    #expect(transaction.encoded() == bytes)
    #expect(transaction.isAllOrNothing)
    #expect(transaction.calls.map(\.method) == ["putBlue", "print"])
    #expect(transaction.attachments == [Samples.attachment])
    #expect(transaction.byteCount == transaction.body.count + 64 + Samples.attachment.count)

    let stored = transaction.encoded(withAttachments: false)
    let kept = try Transaction(decoding: stored, suite: suite, attachmentsIncluded: false)
    #expect(kept.id == transaction.id)
    #expect(throws: ModelFault.self) { try Transaction(decoding: stored, suite: suite) }
  }

  @Test("A transaction that a client builds is the one that a node reads")
  func built() throws {
    let key = try suite.generateSigningKey()
    let call = Transaction.Call(
      contract: "invoice", method: "print", arguments: [1],
      attachments: [suite.hash(.attachment, Samples.attachment)])
    let transaction = try Transaction(
      chainID: Samples.digest(1), member: "fund", idempotencyKey: [9], validUntil: 7,
      calls: [call], attachments: [Samples.attachment], key: key, suite: suite)

    let read = try Transaction(decoding: transaction.encoded(), suite: suite)

    #expect(read.id == transaction.id)
    #expect(read.calls == [call])
    #expect(read.body == transaction.body)
    let isValid = suite.isValid(read.signature, of: read.id.bytes.span, by: key.publicKey)
    #expect(isValid)
  }

  @Test("A body with an unknown field is refused as not canonical")
  func unknownField() throws {
    #expect(fault(body: try body() + [0x78, 0x01]) == .wire(.notCanonical(message: Self.bodyName)))
  }

  @Test("A body that gives a field twice is refused as not canonical")
  func repeatedField() throws {
    #expect(fault(body: try body() + [0x08, 0x01]) == .wire(.notCanonical(message: Self.bodyName)))
  }

  @Test("A body whose fields are out of order is refused as not canonical")
  func order() throws {
    let bytes = try body()
    #expect(bytes.starts(with: [0x08, 0x01]))
    let moved = Array(bytes.dropFirst(2)) + [0x08, 0x01]
    #expect(fault(body: moved) == .wire(.notCanonical(message: Self.bodyName)))
  }

  @Test("A body that spells a default out, or a number longer than needed, is not canonical")
  func defaults() throws {
    var independent = try Samples.body(suite)
    independent.mode = .independent
    independent.calls = []
    #expect(
      fault(body: independent.encoded + [0x30, 0x00])
        == .wire(.notCanonical(message: Self.bodyName)))
    let long = [0x08, 0x81, 0x00] + (try body()).dropFirst(2)
    #expect(fault(body: long) == .wire(.notCanonical(message: Self.bodyName)))
  }

  @Test("An unknown field around the body is refused as not canonical")
  func outer() throws {
    let bytes = try Samples.signed(suite) + [0x78, 0x01]
    #expect(fault(bytes) == .wire(.notCanonical(message: Self.signedName)))
  }

  @Test("A truncated body is malformed, and a name that is not UTF-8 as well")
  func malformed() throws {
    #expect(
      fault(body: try body().dropLast()) == .wire(.malformed(message: Self.bodyName)))
    var bytes = try body()
    let name = try #require(bytes.firstRange(of: Array("hospital".utf8)))
    bytes[name.lowerBound] = 0xff
    #expect(fault(body: bytes) == .wire(.malformed(message: Self.bodyName)))
  }

  @Test("A transaction above its limit is refused before it is decoded")
  func oversized() {
    let bytes = [UInt8](repeating: 0xff, count: Limits.transactionBytes + 1)
    #expect(
      fault(bytes) == .wire(
        .tooLarge(
          message: Self.signedName, bytes: bytes.count, limit: Limits.transactionBytes)))
  }

  @Test("No prefix of a transaction is a transaction", arguments: SuiteID.allCases)
  func prefixes(id: SuiteID) throws {
    let bytes = try Samples.signed(id.suite)
    for count in 0..<bytes.count {
      #expect(throws: ModelFault.self, "\(count) bytes") {
        try Transaction(decoding: Array(bytes.prefix(count)), suite: id.suite)
      }
    }
  }

  @Test("A changed byte is refused or changes the id or the signature")
  func flips() throws {
    let bytes = try Samples.signed(suite)
    let original = try Transaction(decoding: bytes, suite: suite)
    var random = SeededGenerator(seed: 2_026)
    var (read, refused) = (0, 0)
    for _ in 0..<3_000 {
      var changed = bytes
      changed[random.number(0..<bytes.count)] ^= UInt8(random.number(1..<256))
      guard let transaction = try? Transaction(decoding: changed, suite: suite) else {
        refused += 1
        continue
      }
      read += 1
      #expect(
        transaction.id != original.id || transaction.signature != original.signature,
        "\(changed.hex)")
      #expect(transaction.encoded() == changed)
    }
    #expect(read > 100)
    #expect(refused > 100)
  }

  @Test("Each field out of its bounds is refused by name", arguments: FieldCase.all)
  func field(story: FieldCase) throws {
    var signed = Samples.signed(try story.body(suite).encoded)
    story.around(&signed)
    switch fault(signed.encoded) {
    case .invalid(let field, let value, let remedy):
      #expect(field == story.field)
      #expect(value == story.value)
      #expect(!remedy.isEmpty)
    case let other:
      Issue.record("\(String(describing: other))")
    }
  }

  @Test("A transaction has up to 8,192 calls and not one more")
  func callCount() throws {
    var body = try Samples.body(suite)
    var call = WireCall()
    call.contract = "invoice"
    call.method = "print"
    body.calls = Array(repeating: call, count: Limits.callsPerTransaction)
    var signed = Samples.signed(body.encoded)
    signed.attachments = []
    #expect(try Transaction(decoding: signed.encoded, suite: suite).calls.count == 8_192)
    body.calls.append(call)
    #expect(throws: ModelFault.self) {
      try Transaction(decoding: Samples.signed(body.encoded).encoded, suite: suite)
    }
  }

  @Test("Receipts, events, leaves and headers are read back, and not without a needed field")
  func others() throws {
    let suite = suite
    let origin = AssetEvent.Origin(chainID: try Samples.digest(1), transactionID: .zero)
    for receipt in [
      try Samples.receipt(Samples.refusal), try Samples.receipt(.done(events: 0)),
    ] {
      #expect(try Receipt(decoding: receipt.encoded) == receipt)
      expectStrict(receipt.encoded) { bytes throws(ModelFault) in _ = try Receipt(decoding: bytes) }
    }
    // An event ends with call index, height, time, details, origin and position before.
    for (event, optional) in [
      (try Samples.event(), [2, 3, 7, 4, 3]),
      (try Samples.event(origin: origin), [2, 3, 7, 4, 70, 3]),
    ] {
      #expect(try AssetEvent(decoding: event.encoded) == event)
      expectStrict(event.encoded, optional: optional) { bytes throws(ModelFault) in
        _ = try AssetEvent(decoding: bytes)
      }
    }
    let leaf = try Samples.leaf()
    #expect(try AssetLeaf(decoding: leaf.encoded) == leaf)
    expectStrict(leaf.encoded, optional: [3]) { bytes throws(ModelFault) in
      _ = try AssetLeaf(decoding: bytes)
    }
    let header = try Samples.header(suite)
    #expect(try BlockHeader(decoding: header.encoded, suite: suite) == header)
    expectStrict(header.encoded) { bytes throws(ModelFault) in
      _ = try BlockHeader(decoding: bytes, suite: suite)
    }
    #expect(throws: ModelFault.self, "a header of another suite") {
      try BlockHeader(decoding: header.encoded, suite: SuiteID.sm.suite)
    }
  }

  /// Expects that an unknown field is refused, and every prefix.
  /// - Parameter optional: Sizes of the last fields, of which each may be missing with those after.
  private func expectStrict(
    _ bytes: [UInt8], optional: [Int] = [], _ decode: ([UInt8]) throws(ModelFault) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      // Field 31, a varint.
      try decode(bytes + [0xf8, 0x01, 0x01])
      Issue.record("an unknown field was read", sourceLocation: sourceLocation)
    } catch .wire(.notCanonical) {
    } catch {
      Issue.record("\(error)", sourceLocation: sourceLocation)
    }
    var read: [Int] = []
    for count in 0..<bytes.count {
      do {
        try decode(Array(bytes.prefix(count)))
        read.append(count)
      } catch {}
    }
    let whole = optional.indices.map { bytes.count - optional[$0...].reduce(0, +) }
    #expect(read == whole, sourceLocation: sourceLocation)
  }

  private func body() throws -> [UInt8] { try Samples.body(suite).encoded }

  private func fault(body: some Collection<UInt8>) -> ModelFault? {
    fault(Samples.signed(Array(body)).encoded)
  }

  private func fault(_ bytes: [UInt8]) -> ModelFault? {
    do throws(ModelFault) {
      _ = try Transaction(decoding: bytes, suite: suite)
      return nil
    } catch {
      return error
    }
  }
}
