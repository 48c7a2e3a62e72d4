import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// Bytes that other chains prove, and that stay on the ledger. A change here is a change of format:
/// chains of different versions would no longer understand each other.
struct RelayGoldenTests {
  private var packet: RelayPacket {
    var packet = RelayPacket()
    packet.version = 1
    packet.sourceChain = [UInt8]([0xa1]).data
    packet.destinationChain = [UInt8]([0xa2]).data
    packet.channel = "c"
    packet.sequence = 3
    packet.messageType = "notice"
    packet.schema = 4
    packet.schemaVersion = 5
    packet.commitment = [UInt8]([0xa3]).data
    packet.sender = "s"
    packet.recipient = "r"
    packet.timeoutMs = 6
    packet.policy = "p"
    packet.purpose = "u"
    packet.businessKey = "k"
    packet.body = [UInt8]([0xa4]).data
    return packet
  }

  private let packetBytes =
    "08011201a11a01a222016328033206" + "6e6f74696365" + "38044005" + "4a01a3" + "520173" + "5a0172"
    + "6006" + "6a0170" + "720175" + "7a016b" + "820101a4"

  @Test("A packet has these bytes")
  func packetForm() {
    #expect(packet.encoded.hex == packetBytes)
  }

  @Test("The time at which a packet was sent is its last field")
  func sentTime() {
    var packet = packet
    packet.sentMs = 300
    #expect(packet.encoded.hex == packetBytes + "a001ac02")
  }

  @Test("A packet sent, and one received, are kept as these bytes")
  func kept() {
    var sealed = RelaySealed()
    sealed.attachment = [UInt8]([0xb1]).data
    var key = RelayWrappedKey()
    key.recipient = "r"
    key.keyID = [UInt8]([0xb2]).data
    key.wrapped = [UInt8]([0xb3]).data
    sealed.keys = [key]
    let sealedBytes = "0a01b1" + "1209" + "0a0172" + "1201b2" + "1a01b3"
    var sent = RelaySentPacket()
    sent.packet = packet
    sent.sealed = sealed
    sent.state = .compensated
    sent.outcome.failure = .unknownRecipient
    sent.outcome.height = 7
    #expect(
      sent.encoded.hex == "0a31" + packetBytes + "120e" + sealedBytes + "1804" + "2204" + "08041807"
    )
    var received = RelayReceivedPacket()
    received.packet = packet
    received.sealed = sealed
    received.outcome.result = [UInt8]([0xb4]).data
    received.outcome.height = 7
    #expect(
      received.encoded.hex == "0a31" + packetBytes + "120e" + sealedBytes + "1a05" + "1201b41807")
    received.outcome.open = true
    #expect(received.encoded.hex.hasSuffix("1a07" + "1201b41807" + "2001"))
    received.outcome.open = false
    var record = RelayReencryption()
    record.body = [UInt8]([0xb5]).data
    record.signature = [UInt8]([0xb6]).data
    received.records = [record]
    #expect(received.encoded.hex.hasSuffix("1201b41807" + "2206" + "0a01b5" + "1201b6"))
  }

  @Test("What routers sign of a re-encryption has these bytes")
  func record() {
    var body = RelayReencryptionBody()
    body.channel = "c"
    body.sequence = 3
    body.sourceChain = [UInt8]([0xa1]).data
    body.commitment = [UInt8]([0xa3]).data
    body.router = "t"
    body.suiteIn = "sm"
    body.digestIn = [UInt8]([0xb7]).data
    body.suiteOut = "intl"
    body.digestOut = [UInt8]([0xb8]).data
    body.keyIDOut = [UInt8]([0xb9]).data
    body.timeMs = 6
    #expect(
      body.encoded.hex
        == "0a0163" + "1003" + "1a01a1" + "2201a3" + "2a0174" + "3202736d" + "3a01b7"
        + "4204696e746c" + "4a01b8" + "5201b9" + "5806")
  }

  @Test("States and failures have these numbers")
  func numbers() {
    #expect(
      RelaySentPacket.State.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
    #expect(
      RelayFailure.allCases
        == [
          .none, .timedOut, .messageType, .body, .unknownRecipient, .businessKey, .otherPacket,
          .content, .refused, .undecided, .effect,
        ])
  }

  @Test("Assets that other chains ask for have these names")
  func names() {
    #expect("\(RelayContract.sent("c", 3))" == "relay.sent/c:3")
    #expect("\(RelayContract.received("c", 3))" == "relay.received/c:3")
    #expect("\(RelayContract.header([0xa1], revision: 2, height: 9))" == "relay.header/a1:2:9")
    #expect("\(RelayContract.client([0xa1], revision: 2))" == "relay.client/a1:2")
    #expect("\(RelayContract.epoch([0xa1], revision: 2, 4))" == "relay.epoch/a1:2:4")
    #expect("\(TrustedChain.asset([0xa1]))" == "registry.chain/a1")
    #expect("\(Channel.asset("c"))" == "registry.channel/c")
  }

  @Test("What gateway members say of a place has these bytes")
  func places() {
    var deposit = RelayDeposit()
    deposit.origin = "o"
    deposit.key = "k"
    deposit.document = [UInt8]([0xd1]).data
    deposit.packet = packet
    #expect(deposit.encoded.hex == "0a016f" + "12016b" + "1a01d1" + "2231" + packetBytes)
    var settle = RelaySettle()
    settle.channel = "c"
    settle.sequence = 3
    settle.failure = .effect
    settle.result = [UInt8]([0xd2]).data
    #expect(settle.encoded.hex == "0a0163" + "1003" + "180a" + "2201d2")
    var document = RelayDepositedDocument()
    document.origin = "o"
    document.key = "k"
    document.channel = "c"
    document.sequence = 3
    document.digest = [UInt8]([0xd3]).data
    #expect(document.encoded.hex == "0a016f" + "12016b" + "1a0163" + "2003" + "2a01d3")
    #expect("\(RelayContract.deposited([0xd4]))" == "relay.deposited/d4")
  }

  @Test("A place and its documents have these names", arguments: [SuiteID.sm, .intl, .nist])
  func placeNames(_ id: SuiteID) {
    let chain = [UInt8](repeating: 0xa1, count: 32)
    #expect(
      Channel.placeID("p", of: chain, suite: id.suite)
        == id.suite.hash(([0x38] + chain + [0x70]).span))
    #expect(
      RelayContract.documentHash("c", "o", "k", suite: id.suite)
        == id.suite.hash(([0x3b] + Array("c\u{0}o\u{0}k".utf8)).span))
  }

  @Test("What decisions say of chains and channels has these bytes")
  func decisions() {
    var validator = WireValidatorRecord()
    validator.name = "v"
    validator.signingKey = [UInt8]([0xc1]).data
    var chain = WireChainRecord()
    chain.chainID = [UInt8]([0xa1]).data
    chain.name = "n"
    chain.suite = "sm"
    chain.headerFormat = 1
    chain.revision = 2
    chain.epoch = 3
    chain.after = 4
    chain.timeMs = 5
    chain.validators = [validator]
    chain.trustingMs = 6
    let chainBytes =
      "0a01a1" + "12016e" + "1a02736d" + "2001" + "2802" + "3003" + "3804" + "4005"
      + "4a060a01761201c1" + "5006"
    #expect(WireChange(.trustChain(chain)).encoded.hex == "82011e" + chainBytes)
    var channel = WireChannelRecord()
    channel.id = "c"
    channel.localChain = [UInt8]([0xa1]).data
    channel.remoteChain = [UInt8]([0xa2]).data
    channel.messageTypes = ["x"]
    channel.window = 9
    channel.closed = true
    channel.maxTimeoutMs = 10
    channel.mechanism = "sm"
    channel.carriers = ["y"]
    var router = WireRouterRecord()
    router.name = "z"
    router.signingKey = [UInt8]([0xc2]).data
    router.sealingKey = [UInt8]([0xc3]).data
    channel.remoteRouters = [router]
    let channelBytes =
      "0a0163" + "1201a1" + "1a01a2" + "220178" + "2809" + "3001"
      + "380a" + "4202736d" + "4a0179" + "5209" + "0a017a" + "1201c2" + "1a01c3"
    #expect(WireChange(.setChannel(channel)).encoded.hex == "8a0124" + channelBytes)
    channel.gateway = "g"
    channel.place = "p"
    #expect(
      WireChange(.setChannel(channel)).encoded.hex
        == "8a012c" + channelBytes + "c2020167" + "ca020170")
  }
}
