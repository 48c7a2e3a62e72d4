import Cryptography
import LedgerModel
import Testing
import Wire

/// Genesis documents that must not start a chain.
struct GenesisTests {
  @Test("A genesis document with one thing wrong is refused by the field's name")
  func fields() throws {
    let changes: [(field: String, change: (inout WireGenesis) -> Void)] = [
      ("genesis.format", { $0.format = 2 }),
      ("genesis.suite", { $0.suite = "rsa" }),
      ("genesis.name", { $0.name = "" }),
      ("genesis.validators", { $0.validators = [] }),
      ("genesis.validators", { $0.validators += $0.validators }),
      ("genesis.validators.v1", { $0.validators[0].signingKey = [1].data }),
      ("genesis.observers", { $0.observers = $0.validators }),
      ("genesis.observers.name", {
        $0.observers = $0.validators
        $0.observers[0].name = "two words"
      }),
      ("genesis.observers.o1", {
        $0.observers = $0.validators
        $0.observers[0].name = "o1"
        $0.observers[0].signingKey = [1].data
      }),
      ("genesis.observers", {
        $0.observers = $0.validators
        $0.observers[0].name = "o1"
      }),
      ("genesis.observers", { genesis in
        genesis.observers = Array(repeating: genesis.validators[0], count: 65)
      }),
      ("genesis.organisations", { $0.organisations += $0.organisations }),
      ("genesis.organisations.id", { $0.organisations[0].id = "医保" }),
      ("genesis.members", { $0.members += $0.members }),
      ("genesis.members.fund-1.organisation", { $0.members[0].organisation = "other" }),
      ("genesis.members.fund-1.signing_key", { $0.members[0].signingKey = [1].data }),
      ("genesis.members.fund-1.sealing_key", { $0.members[0].sealingKey = [1].data }),
      ("member.id", { $0.members[0].id = "two words" }),
      ("member.region", { $0.members[0].region = "4600" }),
      ("member.roles", { $0.members[0].roles = Array(repeating: "issuer", count: 33) }),
    ]
    for (field, change) in changes {
      let document = try Samples.genesis(.intl, change)
      #expect(Self.field(of: document) == field)
    }
  }

  @Test("A document with an unknown field, or none at all, is refused")
  func text() throws {
    let document = String(decoding: try Samples.genesis(.intl), as: UTF8.self)
    let unknown = #"{ "colour" : "red","# + document.dropFirst()
    #expect(Self.field(of: Array(unknown.utf8)) == "genesis")
    #expect(Self.field(of: []) == "genesis")
    let large = [UInt8](repeating: 0x20, count: Limits.genesisBytes + 1)
    #expect(throws: ModelFault.wire(
      .tooLarge(message: "Genesis", bytes: large.count, limit: Limits.genesisBytes))
    ) { try Genesis(document: large) }
  }

  @Test("A blank more in the document is another chain")
  func everyByte() throws {
    let document = try Samples.genesis(.intl)
    let spaced = document + [0x20]
    #expect(
      try Genesis(document: document).chainID != Genesis(document: spaced).chainID)
  }

  @Test("A region contains itself and what lies within, and no neighbour")
  func regions() throws {
    let province = try Region(code: "460000", field: "region")
    let city = try Region(code: "460100", field: "region")
    let county = try Region(code: "460106", field: "region")
    let everywhere = try Region(code: "", field: "region")
    #expect(["460000", "460106"].map(province.contains) == [true, true])
    #expect(["460000", "460106", "460200"].map(city.contains) == [false, true, false])
    #expect(["460100", "460106", "460107"].map(county.contains) == [false, true, false])
    #expect(["110000", "460106"].map(everywhere.contains) == [true, true])
    #expect(!province.contains("110000"))
  }

  /// The field that a refusal names.
  private static func field(of document: [UInt8]) -> String? {
    do throws(ModelFault) {
      _ = try Genesis(document: document)
      return nil
    } catch {
      switch error {
      case .invalid(let field, _, _): return field
      case .wire: return nil
      }
    }
  }
}
