import BuiltinContracts
import ContractEngine
import Cryptography
import LedgerModel
import Testing

/// Every refusal of the relay contract, with the field and the value that it names.
struct RelayRefusalTests {
  @Test("A call is refused by name", arguments: RelayRefusal.all)
  func refusal(story: RelayRefusal) throws {
    let crossing = try Crossing()

    let receipt = try story.when(crossing)

    let refused = try #require(Expected(receipt), "the call was carried out")
    #expect(refused == Expected(story.code, story.field, try story.value(crossing)))
  }

  @Test("The stories reach every code that the contract has, and each has a name and a remedy")
  func everyCode() {
    let reached = Set(RelayRefusal.all.map(\.code.name))
    #expect(RelayContract.codes.map(\.name).filter { !reached.contains($0) }.isEmpty)
    #expect(Set(RelayContract.codes.map(\.name)).count == RelayContract.codes.count)
    for code in RelayContract.codes {
      #expect(code.name.hasPrefix("relay.") && !code.remedy.isEmpty)
      #expect(BuiltinContracts.code(code.name) == code)
    }
  }

  @Test(
    "Only routers carry, only senders send",
    arguments: RelayContract.contract.methods.map(\.name).filter {
      !["decide", "recognise", "revoke", "deposit", "settle"].contains($0)
    })
  func roles(method: String) throws {
    let chain = try RelayChain("finance", .intl, number: 1, validators: 1)
    let receipt = try chain.submit(
      "clerk", RelayChain.Request(method: method, arguments: []))
    let role = method == "send" ? "sender" : "router"
    #expect(Expected(receipt) == Expected(.notPermitted, "roles", "clerk needs \(role)"))
  }
}
