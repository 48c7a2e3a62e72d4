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
  private let home: URL

  init(home: URL, logger: Logger) throws(NodeFault) {
    self.home = home
    do {
      configuration = try NodeConfiguration(home: home)
      let document = try Files.read(Self.file(configuration.genesis, in: home))
      genesis = try Self.genesis(document)
      key = try Self.key(configuration, home: home)
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
    do {
      ledger = try Ledger(
        store: store, genesis: genesis, genesisState: BlockExecutor.genesisState(genesis))
    } catch {
      throw .ledger(error)
    }
  }

  /// How peers know this node.
  var id: PeerID { PeerID(key: key.publicKey.encoded) }

  /// Whether this node votes in the epoch of the next block.
  var isValidator: Bool {
    ledger.epoch.validators.validators.contains { $0.publicKey.encoded == id.key }
  }

  func linkConfiguration() throws(NodeFault) -> LinkConfiguration {
    LinkConfiguration(
      chain: genesis.chainID, suite: genesis.suite.id, host: configuration.linkHost,
      port: configuration.linkPort,
      peers: configuration.peers.map { PeerAddress(name: $0.name, host: $0.host, port: $0.port) },
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
    _ configuration: NodeConfiguration, home: URL
  ) throws -> PrivateKey {
    let path = file(configuration.key, in: home)
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    var passphrase = try Files.read(file(configuration.passphrase, in: home))
    if passphrase.last == 0x0a { passphrase.removeLast() }
    do {
      return try KeyFile.decode(text, passphrase: SecretBytes(copying: passphrase)).signing
    } catch {
      throw NodeFault.key(path: path.path, reason: "\(error)")
    }
  }

  private static func file(_ path: String, in home: URL) -> URL {
    path.hasPrefix("/") ? URL(filePath: path) : home.appending(path: path).standardizedFileURL
  }
}
