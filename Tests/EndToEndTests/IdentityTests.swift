import Foundation
import NetworkLayout
import Testing

extension EndToEnd {
  /// A member of one chain acts on another, through real routers.
  @Suite("Identities")
  struct Identities {
    @Test("A clerk is recognised on the other chain, calls there as that member, and revokes it")
    func calls() async throws {
      try await TwoChains.with(starting: true, withRouters: true) { chains in
        let file = chains.folder.url.appending(path: "clerk.json").path
        let stated = try await chains.yilian(
          on: "a", "identity", "statement", "clerk", "--channel", "ab", "--as", "clerk", "--out",
          file, "--scope", "invoice.print")
        try #require(stated.status == 0, "\(stated)")
        let unknown = try await chains.yilian(
          on: "b", "identity", "show", "clerk", "--channel", "ab")
        #expect(unknown.status == 1, "\(unknown)")
        let other = try await chains.yilian(
          on: "b", "identity", "recognise", file, "--as", "router")
        #expect(other.status == 2, "\(other)")

        let recognised = try await chains.yilian(
          on: "b", "identity", "recognise", file, "--as", "clerk")
        try #require(recognised.status == 0, "\(recognised)")
        #expect(recognised.output.contains("clerk is recognised as clerk at height"))
        #expect(try await state(chains) == "in force")

        // It is the method that refuses: it was called.
        #expect(try await call(chains, "first", packet: 1).contains("invoice.not_found"))

        let revoked = try await chains.yilian(
          on: "a", "identity", "revoke", "--channel", "ab", "--to", "clerk", "--as", "clerk")
        #expect(revoked.status == 0, "\(revoked)")
        #expect(try await settled(chains, packet: 2)["state"].text == "acknowledged")
        #expect(try await state(chains) == "revoked")
        #expect(try await call(chains, "second", packet: 3).contains("message.not_recognised"))
        let trace = try await chains.yilian(on: "a", "packet", "trace", "ab:3")
        #expect(trace.status == 0, "\(trace)")
      }
    }

    private func state(_ chains: TwoChains) async throws -> String? {
      let shown = try await chains.yilian(
        on: "b", "identity", "show", "clerk", "--channel", "ab", "--json")
      return try shown.json()["recognitions"][0]["state"].text
    }

    /// - Returns: What became of the call.
    private func call(_ chains: TwoChains, _ id: String, packet: Int) async throws -> String {
      let sent = try await chains.yilian(
        on: "a", "packet", "call", "invoice.print", #"{"code": "1", "number": "2"}"#, "--id", id,
        "--channel", "ab", "--to", "clerk", "--as", "clerk", "--json")
      #expect(try sent.json()["packet"].text == "ab:\(packet)", "\(sent)")
      let shown = try await settled(chains, packet: packet)
      #expect(shown["state"].text == "compensated")
      return try #require(shown["outcome"].text)
    }

    private func settled(_ chains: TwoChains, packet: Int) async throws -> JSON {
      let end = ContinuousClock.now + .seconds(60)
      while true {
        let shown = try await chains.yilian(on: "a", "packet", "show", "ab:\(packet)", "--json")
        let view = try shown.json()
        if view["state"].text != "under way" || ContinuousClock.now > end { return view }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }
}
