internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import Logging
internal import NetworkLayout
internal import RESTGateway
internal import RouterCore
internal import YilianGateway

extension RouterParts {
  /// The bridges to systems without a chain that the router serves.
  func bridges(home: URL, logger: Logger) throws(RouterHomeFault) -> [SystemBridge] {
    var bridges: [SystemBridge] = []
    for gateway in configuration.gateways ?? [] {
      bridges.append(try bridge(gateway, home: home, logger: logger))
    }
    return bridges
  }

  private func bridge(
    _ gateway: RouterConfiguration.Gateway, home: URL, logger: Logger
  ) throws(RouterHomeFault) -> SystemBridge {
    let passphrase = try Self.passphrase(configuration, in: home)
    let keys = try Self.keys(
      gateway.memberKey, of: gateway.member, in: home, passphrase, genesis.suite.id)
    let file = Self.file(gateway.systemKey, in: home)
    let text: String
    do throws(LayoutFault) {
      text = String(decoding: try Files.read(file), as: UTF8.self)
    } catch {
      throw .layout(error)
    }
    let envelope: EnvelopeKeys
    do throws(CryptographyFault) {
      envelope = try EnvelopeKeys(
        name: gateway.member, signing: keys.signing, sealing: keys.sealing,
        peer: KeyFile.readPublic(text))
    } catch {
      throw .key(
        path: file.path,
        reason: "\(error): it must be of the chain's suite, \(genesis.suite.id.name)")
    }
    let system: RESTGateway
    do throws(AddressFault) {
      system = try RESTGateway(
        url: gateway.url, keys: envelope,
        trustRoots: gateway.trustRoots.map { Self.file($0, in: home).path })
    } catch {
      throw .system(channel: gateway.channel, reason: "\(error)")
    }
    let chain = YilianGateway(
      ledgers: ledgers, channel: gateway.channel, member: gateway.member, signing: keys.signing,
      sealing: keys.sealing, nowMs: { RouterClock.now().wallMs })
    return SystemBridge(
      channel: gateway.channel, chain: chain, system: system,
      folder: Self.outbox(gateway.channel, Self.file(configuration.data, in: home)),
      logger: logger)
  }

  /// A channel's id may be no name of a file.
  private static func outbox(_ channel: String, _ data: URL) -> URL {
    let name = channel.addingPercentEncoding(withAllowedCharacters: .outboxNames) ?? "%"
    return data.appending(path: "outboxes", directoryHint: .isDirectory)
      .appending(path: name, directoryHint: .isDirectory)
  }
}

extension CharacterSet {
  fileprivate static let outboxNames = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
}
