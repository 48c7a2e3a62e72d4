internal import BuiltinContracts
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

/// The chains and routers of a folder that was made from a manifest.
struct ChainsNetwork {
  let folder: ChainsFolder
  let manifest: ChainsManifest

  /// - Returns: `nil` if the folder is not of several chains.
  init?(ifIn dir: String) throws {
    folder = ChainsFolder(dir)
    guard folder.isPresent else { return nil }
    manifest = try folder.readManifest()
  }

  /// Starts what does not run, and does what the manifest says and was not done yet.
  func start() async throws {
    let networks = try manifest.chains.map {
      try NetworkNodes(folder.chain($0.name), prefix: "\($0.name): ")
    }
    for network in networks { try network.launch() }
    for network in networks { try await network.waitUntilUp() }
    try await join()
    for router in routers { try router.launchUnlessRunning() }
    for router in routers {
      Terminal.print("\(router.name) is up at \(try await router.waitUntilUp())")
    }
  }

  /// Stops the routers, then the chains.
  func stop() async throws {
    for router in routers {
      let wasRunning = try await router.stop()
      Terminal.print("\(router.name) \(wasRunning ? "stopped" : "was not running")")
    }
    for chain in manifest.chains {
      try await NetworkNodes(folder.chain(chain.name), prefix: "\(chain.name): ").stop()
    }
  }

  private var routers: [RouterProcess] {
    manifest.routers.map { RouterProcess($0.name, in: folder) }
  }

  func status() async throws -> ChainsStatus {
    var status = ChainsStatus(chains: [], routers: [])
    for chain in manifest.chains {
      status.chains.append(
        ChainsStatus.Chain(
          name: chain.name, suite: chain.suite,
          nodes: try await NodeStatus.all(in: folder.chain(chain.name))))
    }
    for router in routers {
      status.routers.append(try await RouterStatus(of: router.configuration()))
    }
    return status
  }
}

/// How several chains and their routers do.
struct ChainsStatus: Encodable {
  struct Chain: Encodable {
    var name: String
    var suite: String
    var nodes: [NodeStatus]
  }

  var chains: [Chain]
  var routers: [RouterStatus]

  func show(why: Bool) {
    for chain in chains {
      Terminal.print("chain \(chain.name), suite \(chain.suite)")
      NodeStatus.show(chain.nodes, why: why)
      Terminal.print("")
    }
    if !routers.isEmpty { RouterStatus.show(routers, why: why) }
  }
}

// Links and channels.
extension ChainsNetwork {
  /// On each chain, all governors decide together what is missing there of the manifest's links
  /// and channels.
  private func join() async throws {
    var ledgers: [String: RemoteLedger] = [:]
    for chain in manifest.chains {
      ledgers[chain.name] = try await folder.chain(chain.name).ledger()
    }
    do {
      for chain in manifest.chains {
        try await decide(chain.name, ledgers)
      }
    } catch {
      for ledger in ledgers.values { await ledger.connection.close() }
      throw error
    }
    for ledger in ledgers.values { await ledger.connection.close() }
  }

  private func decide(_ chain: String, _ ledgers: [String: RemoteLedger]) async throws {
    guard let ledger = ledgers[chain] else { return }
    let decision = JointDecision(ledger: ledger) { _ in }
    try await decision.awaitOthers()
    let missing = try await missing(chain, ledger, ledgers)
    guard !missing.isEmpty else { return }
    let governors = try await folder.chain(chain).governors(on: ledger)
    for start in stride(from: 0, to: missing.count, by: Governance.changesPerProposal) {
      let end = min(start + Governance.changesPerProposal, missing.count)
      let id = "join-\(randomBytes(4).hex)"
      let changes = Array(missing[start..<end])
      try await decision.propose(
        id, changes, reason: "as the manifest says", hours: 1, by: governors)
      try await decision.vote(id, by: governors)
      try await decision.awaitEffect(id)
      for change in changes { Terminal.print("\(chain): \(change.inShort), by decision \(id)") }
    }
  }

  /// Chains that this one does not trust yet and should, then channels that it does not have yet.
  private func missing(
    _ chain: String, _ ledger: RemoteLedger, _ ledgers: [String: RemoteLedger]
  ) async throws -> [WireChange] {
    var links: [WireChange] = []
    var openings: [WireChange] = []
    for other in manifest.chains.map(\.name) {
      let channels = manifest.channels.filter {
        $0.chains.contains(chain) && $0.other(than: chain) == other
      }
      guard !channels.isEmpty, let remote = ledgers[other] else { continue }
      if try await ledger.trustedChain(remote.genesis.chainID).record == nil {
        var record = try await remote.anchor()
        record.revision = 1
        record.trustingMs = ChainTrust.standardMs
        links.append(WireChange.with { $0.trustChain = record })
      }
      for channel in channels where try await ledger.terms(channel.id).terms == nil {
        let terms = try terms(channel, from: chain, to: other, ledger, remote)
        openings.append(WireChange.with { $0.setChannel = terms })
      }
    }
    for channel in manifest.channels where channel.chains == [chain] {
      guard let place = channel.place, let gateway = channel.gateway,
        try await ledger.terms(channel.id).terms == nil
      else { continue }
      var terms = terms(channel, of: ledger)
      terms.lead(to: place, through: gateway, suite: ledger.suite)
      openings.append(WireChange.with { $0.setChannel = terms })
    }
    return links + openings
  }

  /// What terms say whatever the other end is.
  private func terms(
    _ channel: ChainsManifest.Channel, of ledger: RemoteLedger
  ) -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = channel.id
    terms.localChain = ledger.genesis.chainID.bytes.data
    terms.messageTypes = channel.messageTypes
    terms.window = channel.window
    terms.maxTimeoutMs = channel.maxTimeoutHours * 3_600_000
    return terms
  }

  private func terms(
    _ channel: ChainsManifest.Channel, from chain: String, to other: String,
    _ ledger: RemoteLedger, _ remote: RemoteLedger
  ) throws -> WireChannelRecord {
    var terms = terms(channel, of: ledger)
    terms.remoteChain = remote.genesis.chainID.bytes.data
    terms.mechanism = channel.mechanismOrDefault
    terms.carriers = manifest.carriers(of: chain)
    terms.remoteRouters = try manifest.routers(of: other, for: channel).map { router in
      let home = folder.home(ofRouter: router.name)
      let configuration = try RouterConfiguration(home: home)
      return try WireRouterRecord(keyFile: home.appending(path: configuration.key))
    }
    return terms
  }
}

extension WireChange {
  /// What a link or a channel's opening is about.
  fileprivate var inShort: String {
    switch kind {
    case .trustChain(let chain): "trusts \(chain.name)"
    case .setChannel(let terms): "opened channel \(terms.id)"
    default: operation
    }
  }
}
