import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import SwiftProtobuf
import Testing
import Wire

/// Several channels between the same chains, and several chains that ask one.
struct ThreeChainTests {
  private let first: RelayChain
  private let second: RelayChain
  /// Who is asked by both.
  private let third: RelayChain

  init() throws {
    first = try RelayChain("province", .intl, number: 1, validators: 1)
    second = try RelayChain("county", .nist, number: 2, validators: 1)
    third = try RelayChain("national", .intl, number: 3, validators: 1)
    try third.decide([first, second].map { WireChange(.trustChain($0.record())) })
    for (chain, channels) in [(first, ["one", "other"]), (second, ["two"])] {
      try chain.decide([WireChange(.trustChain(third.record()))])
      for id in channels {
        try chain.decide([WireChange(.setChannel(terms(id, from: chain, to: third)))])
        try third.decide([WireChange(.setChannel(terms(id, from: third, to: chain)))])
      }
    }
  }

  private func terms(
    _ id: String, from local: RelayChain, to remote: RelayChain
  ) -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = id
    terms.localChain = local.id.data
    terms.remoteChain = remote.id.data
    terms.messageTypes = ["invoice.check", "invoice.share"]
    terms.window = 8
    terms.maxTimeoutMs = Crossing.maxTimeoutMs
    terms.mechanism = "intl"
    terms.carriers = Crossing.carriers
    return terms
  }

  private func packet(
    _ type: String, _ body: some Message, by sender: String, over channel: String,
    from chain: RelayChain
  ) -> RelayPacket {
    var packet = RelayPacket()
    packet.version = 1
    packet.sourceChain = chain.id.data
    packet.destinationChain = third.id.data
    packet.channel = channel
    packet.messageType = type
    packet.sender = sender
    packet.recipient = "clerk"
    packet.timeoutMs = max(chain.timeMs, third.timeMs) + 3_600_000
    packet.policy = "default"
    packet.purpose = "to know"
    packet.body = body.encoded.data
    packet.businessKey = RelayContract.businessKey(of: packet) ?? ""
    return packet
  }

  private func send(_ packet: RelayPacket, from chain: RelayChain) throws -> Receipt {
    var call = RelaySend()
    call.packet = packet
    var contents: [[UInt8]] = []
    if packet.messageType == "invoice.share" {
      contents = [Array("sealed".utf8)]
      call.packet.schema = 1
      call.packet.schemaVersion = 1
      call.packet.commitment = [UInt8](repeating: 0x44, count: 32).data
      call.sealed = Crossing.sealed(contents[0], on: chain)
    }
    let receipt = try chain.submit(
      packet.sender,
      RelayChain.Request(method: "send", arguments: call.encoded, contents: contents))
    try chain.run()
    return receipt
  }

  private func check(_ query: String, over channel: String, from chain: RelayChain) -> RelayPacket {
    var check = RelayInvoiceCheck()
    check.query = query
    check.code = "46060226"
    check.number = "1"
    check.amountFen = 10_000
    check.issueDate = 20_260_101
    return packet("invoice.check", check, by: "fund", over: channel, from: chain)
  }

  /// What the third chain does with the first packet of a channel.
  private func received(over channel: String, from chain: RelayChain) throws -> RelayReceivedPacket
  {
    let evidence = try Crossing.sync(chain, to: third)
    var call = RelayReceive()
    call.channel = channel
    call.header = evidence.name
    call.proof = try chain.ledger.prove(RelayContract.sent(channel, 1), at: evidence.anchor)
      .value.encoded.data
    try third.given("router", RelayChain.Request(method: "receive", arguments: call.encoded))
    return try #require(
      try third.value(of: RelayContract.received(channel, 1), as: RelayReceivedPacket.self))
  }

  @Test("Two chains that ask a third under the same number do not meet")
  func sameNumber() throws {
    let packets = [
      check("q1", over: "one", from: first), check("q1", over: "two", from: second),
    ]
    #expect(packets[0].businessKey != packets[1].businessKey)
    #expect(try send(packets[0], from: first).isDone)
    #expect(try send(packets[1], from: second).isDone)

    for (channel, chain) in [("one", first), ("two", second)] {
      let outcome = try received(over: channel, from: chain).outcome
      #expect(outcome.failure == RelayFailure.none)
      let kept = try third.value(
        of: AssetID(namespace: "invoice.check", key: "\(channel):1"), as: RelayAnsweredCheck.self)
      #expect(kept?.origin == chain.id.data)
    }
  }

  @Test("The same question over another channel to the same chain is not asked twice")
  func otherChannel() throws {
    #expect(try send(check("q1", over: "one", from: first), from: first).isDone)
    let again = try send(check("q1", over: "other", from: first), from: first)
    #expect(
      Expected(again)
        == Expected(code("business_key_used", "relay"), "packet.business_key", "one:1"))
  }

  @Test("An invoice that is shared over one channel is not shared over another")
  func sameInvoice() throws {
    var put = InvoicePutBlue()
    put.facts = Exchange.facts("1")
    put.owner = "patient"
    let file = Array("file".utf8)
    let key = Crossing.sealed(file, to: ["patient"], on: first)
    put.sealed.attachment = key.attachment
    put.sealed.commitment = [UInt8](repeating: 0x53, count: 32).data
    put.sealed.schema = 1
    put.sealed.ownerKey.recipient = "patient"
    put.sealed.ownerKey.keyID = key.keys[0].keyID
    put.sealed.ownerKey.wrapped = key.keys[0].wrapped
    try first.given(
      "hospital",
      RelayChain.Request(
        contract: InvoiceContract.name, method: "putBlue", arguments: put.encoded,
        contents: [file]))
    var share = RelayInvoiceShare()
    share.facts = put.facts
    let packets = ["one", "other"].map {
      packet("invoice.share", share, by: "hospital", over: $0, from: first)
    }
    #expect(try send(packets[0], from: first).isDone)
    #expect(Expected(try send(packets[1], from: first))?.code == "relay.business_key_used")
  }
}
