import EInvoice
import Foundation
import LedgerClient
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// Who takes part changes by the organisations' votes, while the network runs.
  @Suite("Membership")
  struct Membership {
    @Test("A node joins, votes, changes its key and leaves by commands alone; proofs span it all")
    func life() async throws {
      try await ValidatorNetwork.with(isolated: false) { network in
        try await network.start()
        let node = try await NewNode(network)
        var failure: (any Error)?
        do {
          try await joins(network, node)
          try await votes(network, node)
          try await changesItsKey(network, node)
          try await leaves(network, node)
          try await isProven(network)
        } catch {
          failure = error
        }
        await network.kill(NewNode.number)
        await node.connection.close()
        if let failure { throw failure }
      }
    }

    /// As an observer it catches up, and has no vote.
    private func joins(_ network: ValidatorNetwork, _ node: NewNode) async throws {
      try await network.record("0000")
      try await network.decide("observe", "--add-observer", node.name, node.key.path, begins: 1)
      let first = try await network.status(0).height
      try network.launch(NewNode.number)
      try await network.eventually("the observer catches up") {
        let status = try await node.connection.status()
        return status.height >= first && status.epoch == 1
      }
      #expect(try await !node.connection.status().isValidator)
      let shown = try await network.yilian("governance", "show", "observe", "--json")
      let proposal = try shown.json()
      #expect(proposal["ballots"].all.count == 3)
      let change = try #require(proposal["changes"][0].text)
      #expect(change.hasPrefix("add observer \(node.name), key "), "\(change)")
    }

    /// As a validator it is needed: of five, four make a quorum.
    private func votes(_ network: ValidatorNetwork, _ node: NewNode) async throws {
      try await network.decide("join", "--add-validator", node.name, node.key.path, begins: 2)
      try await network.eventually("the node is a validator") {
        try await node.connection.status().isValidator
      }
      let status = try await node.connection.status()
      #expect(status.epoch == 2)
      #expect(status.quorum == 4)
      await network.stop(0)
      try await network.record("0010")
      try network.launch(0)
      try await network.eventually("node 0 is back") {
        try await network.status(0).height >= node.connection.status().height
      }
    }

    /// The others go on while it has the wrong key; with the right one it votes again.
    private func changesItsKey(_ network: ValidatorNetwork, _ node: NewNode) async throws {
      let newKey = network.folder.url.appending(path: "new.key")
      let made = try await Programs.yilian(
        "key", "create", node.name, "--suite", "intl", "--out", newKey.path,
        "--passphrase-file", node.passphrase.path)
      try #require(made.status == 0, "\(made)")
      try await network.decide(
        "rotate", "--replace-validator-key", node.name, newKey.path, begins: 3)
      let before = try await network.status(0).height
      try await network.record("0011")
      let after = try await network.status(0).height
      #expect(after > before)
      await network.stop(NewNode.number)
      let home = network.folder.home(NewNode.number)
      let changed = try await Programs.yilian(
        "node", "key", "--home", home.path, "--key", newKey.path,
        "--passphrase-file", node.passphrase.path)
      try #require(changed.status == 0, "\(changed)")
      #expect(try Files.read(home.appending(path: "node.key")) == Files.read(node.key))
      try network.launch(NewNode.number)
      try await network.eventually("the node votes with its new key") {
        let status = try await node.connection.status()
        return status.isValidator && status.epoch == 3 && status.height >= after
      }
    }

    private func leaves(_ network: ValidatorNetwork, _ node: NewNode) async throws {
      try await network.decide(
        "leave", "--remove-validator", node.name, "--suspend-member", "insurer", begins: 4)
      let status = try await network.status(0)
      #expect(status.validators == 4)
      let nodes = try await network.yilian("governance", "nodes", "--json").json()["nodes"].all
      #expect(nodes.map { $0["name"].text } == ["node-0", "node-1", "node-2", "node-3"])
      #expect(status.quorum == 3)
      let pending = try await network.yilian("governance", "pending", "--json")
      #expect(try pending.json()["decisions"].all.isEmpty)
      let blue = try Samples.invoice("0000")
      let refused = try await network.run(
        ["invoice", "lock", blue.code, blue.number, "--purpose", "claim", "--as", "insurer"])
      #expect(refused.status == 1, "\(refused)")
      #expect(refused.error.contains("registry.member_suspended"), "\(refused)")
    }

    /// A proof of the last epoch needs nothing but the genesis document.
    private func isProven(_ network: ValidatorNetwork) async throws {
      let (code, number) = try await network.record("0012")
      let bundle = network.folder.url.appending(path: "proof").path
      try await network.yilian("invoice", "trail", code, number, "--bundle", bundle)
      let verified = try await Programs.yilian(
        "verify", bundle, "--genesis", network.folder.genesis.path, "--json")
      #expect(verified.status == 0, "\(verified)")
      let proof = try verified.json()
      #expect(proof["proven"].bool == true)
      #expect(proof["epoch"].number == 4)
      #expect(proof["trails"][0]["complete"].bool == true)
    }
  }
}

/// A fifth node's key and home, made by commands.
private struct NewNode {
  static let number = ValidatorNetwork.count

  let name = "node-\(number)"
  let key: URL
  let passphrase: URL
  let connection: NodeConnection

  init(_ network: ValidatorNetwork) async throws {
    let folder = network.folder
    key = folder.url.appending(path: "\(name).key")
    passphrase = folder.url.appending(path: "\(name).passphrase")
    let made = try await Programs.yilian(
      "key", "create", name, "--suite", "intl", "--out", key.path,
      "--passphrase-file", passphrase.path)
    try #require(made.status == 0, "\(made)")
    let shown = try await Programs.yilian("key", "show", key.path, "--json")
    #expect(try shown.json()["name"].text == name)
    let port = try freePort()
    var arguments = [
      "node", "create", "--dir", folder.home(Self.number).path,
      "--genesis", folder.genesis.path, "--key", key.path, "--passphrase-file", passphrase.path,
      "--api-port", "\(port)", "--link-port", "\(try freePort())",
    ]
    for peer in ValidatorNetwork.all {
      let port = try NodeConfiguration(home: folder.home(peer)).linkPort
      arguments += ["--peer", "node-\(peer)=127.0.0.1:\(port)"]
    }
    let home = try await Programs.run(Programs.yilian, arguments)
    try #require(home.status == 0, "\(home)")
    connection = try NodeConnection(url: "http://127.0.0.1:\(port)", timeout: .seconds(30))
  }
}
