internal import ArgumentParser
internal import BuiltinContracts
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

struct SendPacket: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Sends a sealed notice to a member of the channel's other chain."
  )

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The channel's id.")
  var channel: String
  @Option(help: "The member of the other chain who can open it.")
  var to: String
  @Option(help: "The file to send; at most 2 MiB.")
  var file: String
  @Option(help: "A name that no other notice has, such as a case number.")
  var businessKey: String
  @Option(help: "Code of what it is about.")
  var matter = "notice"
  @Option(help: "What it is for, in a sentence.")
  var purpose = "information"
  @Option(help: "The policy under which it is released.")
  var policy = "default"
  @Option(help: "Seconds within which it must be received.")
  var timeoutSeconds: UInt64 = 3_600
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws { try checkTimeout(seconds: timeoutSeconds) }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      let content = try Files.read(URL(filePath: file))
      guard content.count <= Self.contentMax else {
        throw Failure.usage("\(file) has \(content.count) bytes: send at most \(Self.contentMax)")
      }
      var notice = RelayNotice()
      notice.matter = matter
      var packet = RelayPacket()
      packet.channel = channel
      packet.messageType = "notice"
      packet.schema = 1
      packet.schemaVersion = 1
      packet.recipient = to
      packet.timeoutMs = timeMs(inSeconds: timeoutSeconds)
      packet.policy = policy
      packet.purpose = purpose
      packet.businessKey = businessKey
      packet.body = notice.encoded.data
      let (name, receipt) = try await submit(packet, content: content, by: identity, on: ledger)
      if json {
        try Terminal.json(["packet": "\(name)", "height": "\(receipt.height)"])
      } else {
        print("sent packet \(name) at height \(receipt.height)")
      }
    }
  }

  /// Room for the nonce, the blinding and the tag.
  private static let contentMax = Limits.attachmentBytes - 128
}
