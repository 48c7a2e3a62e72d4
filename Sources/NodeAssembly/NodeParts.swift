internal import BuiltinContracts
internal import Cryptography
internal import Execution
internal import Foundation
internal import LedgerModel
internal import LedgerStore
internal import Logging
internal import NetworkLayout
internal import NodeAPI
internal import NodeCore
internal import RocksStorage
internal import Transport

/// What a node's home holds, opened and checked.
struct NodeParts {
  let configuration: NodeConfiguration
  let genesis: Genesis
  let executor: BlockExecutor
  let store: RocksStore
  let ledger: Ledger
  let key: PrivateKey
  /// Whom to dial, with the keys that the operator names.
  let peers: [PeerAddress]
  private let home: URL

  init(home: URL, logger: Logger) throws(NodeFault) {
    self.home = home
    do {
      configuration = try NodeConfiguration(home: home)
      let document = try Files.read(Self.file(configuration.genesis, in: home))
      genesis = try Self.genesis(document)
      key = try Self.key(configuration, home: home, suite: genesis.suite)
      peers = try Self.peers(configuration, home: home, suite: genesis.suite)
    } catch let fault as LayoutFault {
      throw .layout(fault)
    } catch let fault as NodeFault {
      throw fault
    } catch {
      throw .key(path: home.path, reason: "\(error)")
    }
    executor = BlockExecutor(suite: genesis.suite, contracts: BuiltinContracts.all)
    do {
      store = try RocksStore(
        path: Self.file(configuration.data, in: home).path, tables: Tables.all)
    } catch {
      throw .ledger(.storage(error))
    }
    let neverVoted = NeverVoted(home: home)
    do {
      ledger = try Ledger(
        store: store, genesis: genesis, genesisState: BlockExecutor.genesisState(genesis),
        forgets: !neverVoted.isPresent, opensDamaged: true)
      // Put there by hand, the file is an operator's word.
      try ledger.keepVotes(of: key.publicKey.encoded, isNew: neverVoted.isPresent)
    } catch {
      throw .ledger(error)
    }
    do { try neverVoted.useUp() } catch { throw .layout(error) }
  }

  /// How peers know this node.
  var id: PeerID { PeerID(key: key.publicKey.encoded) }

  /// Whether this node votes in the epoch of the next block.
  var isValidator: Bool {
    ledger.epoch.validators.validators.contains { $0.publicKey.encoded == id.key }
  }

  func linkConfiguration(dialling peers: [PeerAddress]) -> LinkConfiguration {
    LinkConfiguration(
      chain: genesis.chainID, suite: genesis.suite.id, host: configuration.linkHost,
      port: configuration.linkPort,
      peers: peers,
      rule: { kind in
        guard let kind = PeerMessage.Kind(rawValue: kind) else {
          return MessageRule(.bulk, byteCountMax: 0)
        }
        return MessageRule(kind.isUrgent ? .urgent : .bulk, byteCountMax: kind.byteLimit)
      })
  }

  var apiConfiguration: APIConfiguration {
    var api = APIConfiguration(host: configuration.apiHost, port: configuration.apiPort)
    if let certificate = configuration.tlsCertificate, let key = configuration.tlsKey {
      api.tls = APIConfiguration.TLSFiles(
        certificateChain: Self.file(certificate, in: home).path,
        privateKey: Self.file(key, in: home).path)
    }
    return api
  }

  private static func genesis(_ document: [UInt8]) throws(NodeFault) -> Genesis {
    do { return try Genesis(document: document) } catch { throw .genesis(error) }
  }

  private static func key(
    _ configuration: NodeConfiguration, home: URL, suite: any CryptoSuite
  ) throws -> PrivateKey {
    let path = file(configuration.key, in: home)
    let passphraseFile = file(configuration.passphrase, in: home)
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    var passphrase = try Files.read(passphraseFile)
    if passphrase.last == 0x0a { passphrase.removeLast() }
    let keys: KeyFile
    do throws(CryptographyFault) {
      keys = try KeyFile.decode(text, passphrase: SecretBytes(copying: passphrase))
    } catch {
      let reason =
        switch error {
        case .wrongPassphrase:
          "the passphrase in \(passphraseFile.path) does not open it: put the right one there"
        case .malformedKeyFile(let reason): "\(reason): put back what 'yilian key create' made"
        default: "\(error)"
        }
      throw NodeFault.key(path: path.path, reason: reason)
    }
    guard keys.identity.suite == suite.id else {
      throw NodeFault.key(
        path: path.path,
        reason: "it is of suite \(keys.identity.suite.name), the chain's is \(suite.id.name): make "
          + "one with 'yilian key create --suite \(suite.id.name)'")
    }
    return keys.signing
  }

  private static func peers(
    _ configuration: NodeConfiguration, home: URL, suite: any CryptoSuite
  ) throws(LayoutFault) -> [PeerAddress] {
    var peers: [PeerAddress] = []
    for peer in configuration.peers {
      var address = PeerAddress(name: peer.name, host: peer.host, port: peer.port)
      if let text = peer.key {
        guard let bytes = [UInt8](hex: text),
          let key = try? suite.publicKey(bytes, use: .signing)
        else {
          throw .malformed(
            path: home.appending(path: NodeConfiguration.fileName).path,
            reason: "the key of peer \(peer.name) is no public key of suite \(suite.id.name): "
              + "'yilian governance nodes' shows it")
        }
        address.key = PeerKey(key.encoded)
      }
      peers.append(address)
    }
    return peers
  }

  private static func file(_ path: String, in home: URL) -> URL {
    path.hasPrefix("/") ? URL(filePath: path) : home.appending(path: path).standardizedFileURL
  }
}
