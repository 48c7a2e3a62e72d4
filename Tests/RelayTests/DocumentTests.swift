import BuiltinContracts
import LedgerModel
import Testing
import Wire

/// Sealed documents of every kind.
struct DocumentTests {
  static let puts = [
    "posting.feedback", "voucher.report", "policy.share", "catalogue.share", "settlement.share",
    "reimbursement.apply", "archive.put",
  ]
  static let queries = ["voucher.query", "policy.query", "catalogue.query"]

  private let story: Exchange

  init() throws { story = try Exchange() }

  private func packet(
    _ type: String, _ version: UInt64 = 1, hasContent: Bool = true, lasting: UInt64 = 3_600_000,
    _ change: (inout RelayDocument) -> Void = { _ in }
  ) -> RelayPacket {
    var document = RelayDocument()
    document.key = "460000:2026"
    document.version = version
    change(&document)
    return story.packet(
      type, document, by: "sender", from: story.province, to: "clerk", hasContent: hasContent,
      lasting: lasting)
  }

  private func received(_ kind: String) throws -> RelayReceivedDocument? {
    try story.finance.value(
      of: AssetID(namespace: "document.received", key: "\(kind):460000:2026"),
      as: RelayReceivedDocument.self)
  }

  private func kind(_ type: String) -> String { type.hasPrefix("archive.") ? "archive" : type }

  @Test(
    "A document or query is received under its key, and a newer version takes its place",
    arguments: puts + queries)
  func newer(type: String) throws {
    let packets = [packet(type, 1), packet(type, 3) { $0.answers = "460000:2026:1@00000000" }]
    for packet in packets { try story.givenSent(packet, from: story.province) }

    try story.settle(from: story.province)

    for packet in packets { #expect(try story.province.message(packet)?.status == .delivered) }
    let received = try #require(try received(kind(type)))
    #expect(received.version == 3)
    #expect(received.sequence == 2)
    #expect(received.commitment == packets[1].commitment)
    #expect(received.recipient == "clerk")
    #expect(received.answers == "460000:2026:1@00000000")
  }

  @Test("An older version is undelivered and says why", arguments: puts + queries)
  func older(type: String) throws {
    try story.givenSent(packet(type, 3), from: story.province)
    let late = packet(type, 2)
    try story.givenSent(late, from: story.province)

    try story.settle(from: story.province)

    let sent = try #require(try story.province.message(late))
    #expect(sent.status == .undelivered)
    #expect(String(decoding: sent.result, as: UTF8.self) == "message.older_version")
    #expect(try received(kind(type))?.version == 3)
  }

  @Test("A document that does not arrive in time is undelivered", arguments: puts + queries)
  func timedOut(type: String) throws {
    let packet = packet(type, lasting: 60_000)
    try story.givenSent(packet, from: story.province)

    try story.timeOut(from: story.province)

    #expect(try story.province.message(packet)?.status == .undelivered)
    #expect(try story.province.message(packet)?.failure == .timedOut)
  }

  @Test("Documents have content, queries need none", arguments: puts + queries)
  func content(type: String) throws {
    let receipt = try story.send(packet(type, hasContent: false), from: story.province)
    if Self.puts.contains(type) {
      #expect(
        Expected(receipt) == Expected(code("no_content", "message"), "packet.schema", "0"))
    } else {
      #expect(receipt.isDone)
    }
  }

  @Test("An archive is revoked by a newer version, once, and can then be put anew")
  func archive() throws {
    func outcome(_ packet: RelayPacket) throws -> String {
      try story.givenSent(packet, from: story.province)
      try story.settle(from: story.province)
      let sent = try #require(try story.province.message(packet))
      return String(decoding: sent.result, as: UTF8.self)
    }
    let revoke = { packet("archive.revoke", $0, hasContent: false) }
    #expect(try outcome(revoke(1)) == "message.unknown_document")
    #expect(try outcome(packet("archive.put", 2)) == "")
    #expect(try outcome(revoke(2)) == "message.older_version")
    #expect(try received("archive")?.revoked == false)
    #expect(try outcome(revoke(3)) == "")
    #expect(try received("archive")?.revoked == true)
    #expect(try outcome(revoke(4)) == "message.unknown_document")
    #expect(try outcome(packet("archive.put", 5)) == "")
    #expect(try received("archive")?.revoked == false)
  }

  @Test("A document is malformed without a key or a version")
  func malformed() throws {
    func refused(_ change: (inout RelayDocument) -> Void) throws -> Expected? {
      Expected(
        try story.send(packet("policy.share", 1, change), from: story.province))
    }
    let malformed = code("malformed", "relay")
    #expect(try refused { $0.key = "" } == Expected(malformed, "packet.body.key", ""))
    #expect(try refused { $0.version = 0 } == Expected(malformed, "packet.body.version", "0"))
    #expect(
      try refused { $0.answers = "a b" } == Expected(malformed, "packet.body.answers", "a b"))
  }
}
