internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
public import NetworkLayout
internal import RouterCore
internal import Transport

/// Why a router does not start.
public enum RouterHomeFault: Error, Sendable, CustomStringConvertible {
  case layout(LayoutFault)
  case genesis(path: String, reason: String)
  case key(path: String, reason: String)
  case node(url: String, reason: String)
  case links(String)
  case system(channel: String, reason: String)

  public var description: String {
    switch self {
    case .layout(let fault): "\(fault)"
    case .genesis(let path, let reason): "\(path) is no usable genesis document: \(reason)"
    case .key(let path, let reason): "cannot open the key file \(path): \(reason)"
    case .node(let url, let reason): "\(url) is no address of a node: \(reason)"
    case .system(let channel, let reason): "the system of gateway \(channel): \(reason)"
    case .links(let reason): "links to other routers cannot be served: \(reason)"
    }
  }
}

/// What a router's home holds, opened and checked.
struct RouterParts {
  let configuration: RouterConfiguration
  let genesis: Genesis
  let ledgers: [RemoteLedger]
  let identity: Identity
  /// The member's sealing key in force, and former ones.
  let memberSealing: [PrivateKey]
  let signing: PrivateKey
  let keys: RouterKeys
  /// Members who share what is asked for, by channel.
  let sharers: [String: Identity]

  init(home: URL) throws(RouterHomeFault) {
    do {
      configuration = try RouterConfiguration(home: home)
    } catch {
      throw .layout(error)
    }
    let genesisFile = Self.file(configuration.genesis, in: home)
    let document: [UInt8]
    do throws(LayoutFault) {
      document = try Files.read(genesisFile)
    } catch {
      throw .layout(error)
    }
    let secret = try Self.passphrase(configuration, in: home)
    do {
      genesis = try Genesis(document: document)
    } catch {
      throw .genesis(path: genesisFile.path, reason: "\(error)")
    }
    guard let mechanism = SuiteID(name: configuration.mechanism) else {
      throw .layout(
        .malformed(
          path: home.appending(path: RouterConfiguration.fileName).path,
          reason: "mechanism is \(configuration.mechanism): use sm, intl or nist"))
    }
    let member = try Self.keys(
      configuration.memberKey, of: configuration.member, in: home, secret, genesis.suite.id)
    let own = try Self.keys(configuration.key, in: home, secret, mechanism)
    identity = Identity(
      member: configuration.member, signing: member.signing, sealing: member.sealing)
    var memberSealing = [member.sealing]
    for path in configuration.formerMemberKeys ?? [] {
      let former = try Self.keys(
        path, of: configuration.member, in: home, secret, genesis.suite.id,
        as: "formerMemberKeys")
      memberSealing.append(former.sealing)
    }
    self.memberSealing = memberSealing
    signing = own.signing
    keys = RouterKeys(
      name: configuration.name, suite: mechanism.suite, signing: own.signing,
      sealing: own.sealing)
    var sharers: [String: Identity] = [:]
    for shares in configuration.shares ?? [] {
      let keys = try Self.keys(
        shares.memberKey, of: shares.member, in: home, secret, genesis.suite.id)
      sharers[shares.channel] = Identity(
        member: shares.member, signing: keys.signing, sealing: keys.sealing)
    }
    self.sharers = sharers
    var ledgers: [RemoteLedger] = []
    for url in configuration.nodes {
      do throws(ClientFault) {
        ledgers.append(
          RemoteLedger(connection: try NodeConnection(url: url), genesis: genesis))
      } catch {
        throw .node(url: url, reason: "\(error)")
      }
    }
    self.ledgers = ledgers
  }

  var linkConfiguration: LinkConfiguration {
    LinkConfiguration(
      // All routers of one mechanism are one network: the terms of channels say who may link.
      chain: keys.suite.hash(Array("yilian routers 1".utf8).span), suite: keys.suite.id,
      host: configuration.linkHost, port: configuration.linkPort,
      peers: configuration.peers.map { PeerAddress(name: $0.name, host: $0.host, port: $0.port) },
      rule: { kind in
        RouterMessage.Kind(rawValue: kind)?.rule ?? MessageRule(.bulk, byteCountMax: 0)
      })
  }

  /// What opens the home's key files.
  static func passphrase(
    _ configuration: RouterConfiguration, in home: URL
  ) throws(RouterHomeFault) -> SecretBytes {
    var passphrase: [UInt8]
    do throws(LayoutFault) {
      passphrase = try Files.read(Self.file(configuration.passphrase, in: home))
    } catch {
      throw .layout(error)
    }
    if passphrase.last == 0x0a { passphrase.removeLast() }
    return SecretBytes(copying: passphrase)
  }

  /// The key file of a member of the chain.
  /// - Parameter field: Of `router.json`, which names it.
  static func keys(
    _ path: String, of member: String, in home: URL, _ passphrase: SecretBytes, _ suite: SuiteID,
    as field: String = "memberKey"
  ) throws(RouterHomeFault) -> KeyFile {
    let keys = try keys(path, in: home, passphrase, suite)
    guard keys.identity.name == member else {
      throw .key(
        path: path,
        reason: "\(field): it is \(keys.identity.name)'s: name the key file of \(member)")
    }
    return keys
  }

  static func keys(
    _ path: String, in home: URL, _ passphrase: SecretBytes, _ suite: SuiteID
  ) throws(RouterHomeFault) -> KeyFile {
    let file = file(path, in: home)
    let text: String
    do throws(LayoutFault) {
      text = String(decoding: try Files.read(file), as: UTF8.self)
    } catch {
      throw .layout(error)
    }
    let keys: KeyFile
    do throws(CryptographyFault) {
      keys = try KeyFile.decode(text, passphrase: passphrase)
    } catch {
      throw .key(path: file.path, reason: "\(error)")
    }
    guard keys.identity.suite == suite else {
      throw .key(
        path: file.path,
        reason:
          "it is of suite \(keys.identity.suite.name), \(suite.name) is needed: "
          + "make one with 'yilian key create --suite \(suite.name)'")
    }
    return keys
  }

  static func file(_ path: String, in home: URL) -> URL {
    path.hasPrefix("/") ? URL(filePath: path) : home.appending(path: path).standardizedFileURL
  }
}
