import GatewayConformance
import GatewayKit
import Testing

@Suite("Every gateway keeps the promises of Gateway")
struct ConformanceTests {
  @Test("A gateway in memory keeps them all", arguments: ConformanceCheck.allCases)
  func memory(_ check: ConformanceCheck) async throws {
    try await Conformance(check, on: MemoryGateway()).run()
  }

  @Test("A gateway that breaks a promise is found out", arguments: ConformanceCheck.allCases)
  func broken(_ check: ConformanceCheck) async throws {
    let failure = await #expect(throws: ConformanceFailure.self) {
      try await Conformance(check, on: MemoryGateway(flaw: check)).run()
    }
    #expect(failure?.check == check)
  }
}
