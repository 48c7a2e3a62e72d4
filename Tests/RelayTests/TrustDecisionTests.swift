import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// Decisions about other chains and channels to them.
struct TrustDecisionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let title: String
    let code: Refusal.Code
    let field: String
    let value: String
    let change: @Sendable (RelayChain, RelayChain) -> [WireChange]
    var testDescription: String { title }
  }

  private static func chain(
    _ title: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout WireChainRecord) -> Void
  ) -> Case {
    Case(
      title: title, code: .malformedChange, field: "changes[0].trust_chain.\(field)", value: value,
      change: { _, there in
        var record = there.record()
        change(&record)
        return [WireChange(.trustChain(record))]
      })
  }

  private static func channel(
    _ title: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout WireChannelRecord) -> Void
  ) -> Case {
    Case(
      title: title, code: .malformedChange, field: "changes[1].set_channel.\(field)", value: value,
      change: { here, there in
        var terms = Self.terms(here, there)
        change(&terms)
        return [WireChange(.trustChain(there.record())), WireChange(.setChannel(terms))]
      })
  }

  private static func place(
    _ title: String, _ field: String, _ value: String, code: Refusal.Code = .malformedChange,
    _ change: @escaping @Sendable (inout WireChannelRecord) -> Void
  ) -> Case {
    Case(
      title: title, code: code, field: "changes[0].set_channel.\(field)", value: value,
      change: { here, _ in
        var terms = Place.terms(on: here)
        change(&terms)
        return [WireChange(.setChannel(terms))]
      })
  }

  private static func terms(_ here: RelayChain, _ there: RelayChain) -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = "c"
    terms.localChain = here.id.data
    terms.remoteChain = there.id.data
    terms.messageTypes = ["notice"]
    terms.window = 1
    terms.maxTimeoutMs = 3_600_000
    terms.mechanism = "intl"
    terms.carriers = ["router"]
    return terms
  }

  private static func routers(_ names: [String]) -> [WireRouterRecord] {
    zip(names, 1...).compactMap { try? Crossing.router($0, number: $1) }
  }

  static let cases: [Case] = [
    chain("A chain id has 32 bytes", "chain_id", "01") { $0.chainID = [UInt8]([1]).data },
    chain("A chain has a name", "name", "") { $0.name = "" },
    chain("A chain has a known suite", "suite", "rsa") { $0.suite = "rsa" },
    chain("A chain has headers of a known format", "header_format", "2") { $0.headerFormat = 2 },
    chain("A chain is trusted first with revision 1", "revision", "2") { $0.revision = 2 },
    chain("A chain has validators", "validators", "0") { $0.validators = [] },
    chain("A chain's validators have keys of its suite", "validators.province-0", "01") {
      $0.validators[0].signingKey = [UInt8]([1]).data
    },
    chain("A chain is believed for a week at least", "trusting_ms", "604799999") {
      $0.trustingMs = 604_799_999
    },
    chain("A chain is believed for a year at most", "trusting_ms", "31622400001") {
      $0.trustingMs = 31_622_400_001
    },
    chain("A chain is believed from a block that is there", "time_ms", "1767226201001") {
      // The proposing block is a second after the start.
      $0.timeMs = RelayChain.start + 1_000 + RelayContract.Limit.clockDriftMs + 1
    },
    chain("Epochs can be counted on", "epoch", "9223372036854775808") { $0.epoch = 1 << 63 },
    channel("A channel has an id", "id", "") { $0.id = "" },
    channel("A channel leaves from this chain", "local_chain", "01") {
      $0.localChain = [UInt8]([1]).data
    },
    channel("A channel leads to another chain", "remote_chain", "1 bytes") {
      $0.remoteChain = [UInt8]([1]).data
    },
    channel("A channel carries something", "message_types", "0") { $0.messageTypes = [] },
    channel("A channel names a type once", "message_types", "2") {
      $0.messageTypes = ["notice", "notice"]
    },
    channel("A channel carries types that are known", "message_types", "order") {
      $0.messageTypes = ["order"]
    },
    channel("A channel lets something be under way", "window", "0") { $0.window = 0 },
    channel("A channel's window is bounded", "window", "4097") { $0.window = 4_097 },
    channel("A channel allows timeouts", "max_timeout_ms", "0") { $0.maxTimeoutMs = 0 },
    channel("A channel allows timeouts of an hour", "max_timeout_ms", "3599999") {
      $0.maxTimeoutMs = 3_599_999
    },
    channel("A channel allows timeouts of a year at most", "max_timeout_ms", "31622400001") {
      $0.maxTimeoutMs = 31_622_400_001
    },
    channel("Routers exchange content in a known suite", "mechanism", "rsa") {
      $0.mechanism = "rsa"
    },
    channel("Somebody carries content on its way", "carriers", "0") { $0.carriers = [] },
    channel("A carrier is named once", "carriers", "2") { $0.carriers = ["router", "router"] },
    channel("Carriers are few", "carriers", "9") { $0.carriers = (1...9).map { "c\($0)" } },
    channel("A carrier has a name", "carriers", "a b") { $0.carriers = ["a b"] },
    channel("A router has a name", "remote_routers.name", "") {
      $0.remoteRouters = [WireRouterRecord()]
    },
    channel("A router signs with a key of the mechanism", "remote_routers.r", "01") {
      $0.remoteRouters = routers(["r"])
      $0.remoteRouters[0].signingKey = [UInt8]([1]).data
    },
    channel("A router opens with a key of the mechanism", "remote_routers.r", "02") {
      $0.remoteRouters = routers(["r"])
      $0.remoteRouters[0].sealingKey = [UInt8]([2]).data
    },
    channel("A router is named once", "remote_routers", "2") {
      $0.remoteRouters = routers(["r", "r"])
    },
    channel("A key is of one router", "remote_routers", "2") {
      $0.remoteRouters = routers(["r", "s"])
      $0.remoteRouters[1].sealingKey = $0.remoteRouters[0].sealingKey
    },
    channel("Routers are few", "remote_routers", "9") {
      $0.remoteRouters = routers((1...9).map { "r\($0)" })
    },
    Case(
      title: "A channel leads to a chain that is trusted", code: .unknownSubject,
      field: "changes[0].set_channel.remote_chain", value: String(repeating: "07", count: 32),
      change: { here, there in
        var terms = terms(here, there)
        terms.remoteChain = [UInt8](repeating: 7, count: 32).data
        return [WireChange(.setChannel(terms))]
      }),
    Case(
      title: "The same terms again change nothing", code: .noChange,
      field: "changes[2].set_channel", value: "c",
      change: { here, there in
        let change = WireChange(.setChannel(terms(here, there)))
        return [WireChange(.trustChain(there.record())), change, change]
      }),
    Case(
      title: "A channel stays between its two chains", code: .subjectExists,
      field: "changes[3].set_channel.id", value: "c",
      change: { here, there in
        var third = there.record()
        third.chainID = [UInt8](repeating: 7, count: 32).data
        var other = terms(here, there)
        other.remoteChain = third.chainID
        return [
          WireChange(.trustChain(there.record())), WireChange(.setChannel(terms(here, there))),
          WireChange(.trustChain(third)), WireChange(.setChannel(other)),
        ]
      }),
    place("A place has a gateway member", "gateway", "") { $0.gateway = "" },
    place("A place has a name", "place", "") { $0.place = "" },
    place("A place is the origin of documents: no slash", "place", "a/b") { $0.place = "a/b" },
    place("Only the gateway member opens content for a place", "carriers", "router-2 router") {
      $0.carriers.append("router")
    },
    place("Content for a place has no mechanism", "mechanism", "sm") { $0.mechanism = "sm" },
    place("A place has no routers", "remote_routers", "1") { $0.remoteRouters = routers(["r"]) },
    place(
      "A place has the id of its name", "remote_chain", String(repeating: "07", count: 32)
    ) { $0.remoteChain = [UInt8](repeating: 7, count: 32).data },
    place("A member speaks for a place", "gateway", "nobody", code: .unknownSubject) {
      $0.gateway = "nobody"
      $0.carriers = ["nobody"]
    },
    Case(
      title: "A channel to a place does not become one to a chain", code: .malformedChange,
      field: "changes[1].set_channel.mechanism", value: "",
      change: { here, _ in
        var other = Place.terms(on: here)
        other.place = ""
        other.gateway = ""
        return [
          WireChange(.setChannel(Place.terms(on: here))), WireChange(.setChannel(other)),
        ]
      }),
    Case(
      title: "A chain keeps its suite", code: .malformedChange,
      field: "changes[1].trust_chain.suite", value: "nist",
      change: { _, there in
        var other = there.record(revision: 2)
        other.suite = "nist"
        let key = try? SuiteID.nist.suite.generateSigningKey().publicKey.encoded
        for index in other.validators.indices {
          other.validators[index].signingKey = key?.data ?? [UInt8]().data
        }
        return [WireChange(.trustChain(there.record())), WireChange(.trustChain(other))]
      }),
  ]

  @Test("What cannot be trusted or opened is not proposed", arguments: cases)
  func refused(story: Case) throws {
    let here = try RelayChain("finance", .intl, number: 1, validators: 1)
    let there = try RelayChain("province", .intl, number: 2, validators: 1)
    var call = WirePropose()
    call.proposal = "p"
    call.changes = story.change(here, there)
    call.reason = "because"
    call.deadlineMs = here.timeMs + 3_600_000

    let receipt = try here.submit(
      "governor",
      RelayChain.Request(
        contract: GovernanceContract.name, method: "propose", arguments: call.encoded))

    #expect(Expected(receipt) == Expected(story.code, story.field, story.value))
  }

  @Test("What is decided is recorded as it was signed, with its trail")
  func recorded() throws {
    let story = try Crossing()
    let asset = TrustedChain.asset(story.there.id)
    let record = try #require(try story.here.value(of: asset, as: WireChainRecord.self))
    #expect(record.name == "province" && record.suite == "intl" && record.revision == 1)
    let terms = try story.here.value(
      of: Channel.asset(Crossing.channel), as: WireChannelRecord.self)
    #expect(terms == story.terms(from: story.here, to: story.there))

    try story.here.decide([WireChange(.trustChain(story.there.record(revision: 2)))])

    #expect(try story.here.operations(asset) == ["trustChain", "trustChain"])
    #expect(
      try story.here.value(of: asset, as: WireChainRecord.self)?.revision == 2)
  }
}
