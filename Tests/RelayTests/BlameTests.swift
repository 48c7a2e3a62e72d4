import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// Routers that brought wrong content, on the chain to which they brought it.
struct BlameTests {
  @Test("What a router signed is kept against it, with who says so; the packet still arrives")
  func kept() throws {
    let story = try Crossing()
    try story.givenSent("N1")
    let call = try story.blame(.doesNotOpen)

    try story.there.given("router-2", call)
    try story.givenReceived(1)

    let key = try #require(story.routers["finance"]).signingKey.octets
    let asset = RelayContract.blamed(Crossing.channel, 1, key)
    let blamed = try #require(try story.there.value(of: asset, as: RelayBlamedRouter.self))
    #expect(blamed.router == "router-f")
    #expect(blamed.carrier == "router-2")
    #expect(blamed.fault == .doesNotOpen)
    let told = try RelayBlame(strict: call.arguments, limit: Limits.argumentBytes)
    #expect(blamed.record == told.record)
    #expect(blamed.brought == told.brought)
    #expect(try story.there.channel().blamed == 1)
    #expect(try story.there.channel().received == 1)
    #expect(try story.there.operations(asset) == ["blame"])
  }

  @Test(
    "A record that says something else than its packet is evidence by itself",
    arguments: [
      { $0.commitment = [UInt8](repeating: 1, count: 32).data },
      { $0.digestIn = [UInt8](repeating: 1, count: 32).data },
      { $0.digestOut = [UInt8](repeating: 1, count: 32).data }, { $0.suiteIn = "nist" },
      { $0.suiteOut = "sm" },
    ] as [@Sendable (inout RelayReencryptionBody) -> Void])
  func other(say: @Sendable (inout RelayReencryptionBody) -> Void) throws {
    let story = try Crossing()
    try story.givenSent("N1")
    #expect(try story.there.submit("router", story.blame(.otherRecord, say)).isDone)
  }

  @Test("Who does not carry the channel blames nobody")
  func stranger() throws {
    let story = try Crossing()
    try story.givenSent("N1")
    let blame = try story.blame(.doesNotOpen)
    var terms = story.terms(from: story.there, to: story.here)
    terms.carriers = ["router"]
    try story.there.decide([WireChange(.setChannel(terms))])

    let refused = try story.there.submit("router-2", blame)

    #expect(Expected(refused) == Expected(.notPermitted, "carriers", "router-2"))
  }

  @Test("Blames, and what a channel counts of them, have these bytes")
  func golden() {
    var record = RelayReencryption()
    record.body = [UInt8]([0xb5]).data
    record.signature = [UInt8]([0xb6]).data
    var call = RelayBlame()
    call.channel = "c"
    call.header.height = 2
    call.proof = [UInt8]([0xb7]).data
    call.record = record
    call.fault = .otherRecord
    call.brought = [UInt8]([0xb8]).data
    #expect(
      call.encoded.hex
        == "0a0163" + "12021802" + "1a01b7" + "2206" + "0a01b5" + "1201b6" + "2803" + "3201b8")
    var blamed = RelayBlamedRouter()
    blamed.router = "r"
    blamed.carrier = "m"
    blamed.fault = .otherCommitment
    blamed.brought = [UInt8]([0xb8]).data
    blamed.record = record
    blamed.height = 7
    #expect(
      blamed.encoded.hex
        == "0a0172" + "12016d" + "1802" + "2201b8" + "2a06" + "0a01b5" + "1201b6" + "3007")
    var state = RelayChannelState()
    state.open = 2
    state.blamed = 3
    #expect(state.encoded.hex == "f00102" + "f80103")
    #expect("\(RelayContract.blamed("c", 3, [0xa1]))" == "relay.blame/c:3:a1")
    #expect(RelayFault.allCases == [.none, .doesNotOpen, .otherCommitment, .otherRecord])
  }
}
