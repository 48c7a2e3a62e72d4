internal import BuiltinContracts
internal import Consensus
internal import Cryptography
internal import Execution
public import Foundation
internal import LedgerModel
internal import LedgerStore
public import Logging
internal import NIOCore
internal import NIOPosix
internal import NetworkLayout
internal import NodeAPI
internal import NodeCore
internal import RocksStorage
public import ServiceLifecycle
internal import Storage
internal import Transport

/// A provincial node: the machines, their drivers and the client API, assembled.
///
/// Besides the event loops of API and links there is a thread that orders, one that executes, one
/// that writes, and two pools of one per core: for clients and reads, and for what peers sent.
public struct Node: Service {
  public static let version = Release.version

  /// Where the client API is reachable once `run` has started it.
  public let apiAddress: String
  private let linkAddress: String
  private let ledger: Ledger
  /// Made on the thread that it runs on.
  private let ordering: @Sendable () throws -> OrderingDriver
  private let execution: ExecutionDriver
  private let submissions: Submissions
  private let mailbox: Mailbox<OrderingDriver.Message>
  private let checkers: NIOThreadPool
  private let workers: NIOThreadPool
  private let api: APIServer
  private let links: PeerLinks
  private let failure: Failure
  private let logger: Logger

  /// Opens the home of a node and checks its ledger.
  /// - Throws: `NodeFault` that says what is wrong and where.
  public init(home: URL, logger: Logger) throws(NodeFault) {
    let parts = try NodeParts(home: home, logger: logger)
    if !parts.isValidator {
      logger.notice(
        "this key is no validator's: the node follows as an observer, if the chain registers it",
        metadata: ["key": "\(parts.id)", "epoch": "\(parts.ledger.epoch.number)"])
    }
    if parts.isValidator, (try? parts.ledger.mayHaveForgotten()) ?? false {
      logger.warning(
        """
        the data directory was empty at its start: this node does not vote before enough others \
        have told their view and a block above it is final
        """)
    }
    let stages = Stages()
    let failure = Failure()
    let submissions = Submissions()
    let watch = NodeWatch()
    let mailbox = Mailbox<OrderingDriver.Message>()
    let ledger = parts.ledger
    let proven = Gate(ledger.tip?.header.executed.height ?? 0)
    let logged = Gate(ledger.executed.logSize)
    let admission: Admission
    do {
      admission = Admission(
        ledger: ledger, rules: try ChainRules(ledger, parts.executor),
        poolBytes: parts.configuration.poolBytes, stages: stages,
        clock: { Clock.now().wallMs })
    } catch {
      throw .core(.state(error))
    }
    execution = ExecutionDriver(
      ledger: ledger, executor: parts.executor, submissions: submissions, stages: stages,
      executed: { state in
        // A block that is final only through a later one proves nothing by itself.
        if let tip = ledger.tip, tip.finalization != nil {
          proven.raise(to: tip.header.executed.height)
        }
        logged.raise(to: ledger.executed.logSize)
        mailbox.send(.event(.executed(state)))
      },
      failed: { error in
        failure.report(error)
        mailbox.send(.stop)
      })
    let workers = NIOThreadPool(numberOfThreads: ProcessInfo.processInfo.activeProcessorCount)
    self.workers = workers
    let checkers = NIOThreadPool(numberOfThreads: ProcessInfo.processInfo.activeProcessorCount)
    self.checkers = checkers
    let allowed: AllowedPeers
    do {
      allowed = try AllowedPeers(ledger, configured: parts.peers)
    } catch {
      throw .ledger(error)
    }
    do {
      links = try PeerLinks(
        parts.linkConfiguration(dialling: allowed.addresses), identity: parts.key,
        isAllowed: allowed.contains,
        deliver: PeerInbox(suite: ledger.suite, mailbox: mailbox, watch: watch).take,
        logger: logger)
    } catch {
      throw .links("\(error)")
    }
    let isRegistered = { @Sendable in allowed.contains(PeerKey(parts.id.key)) }
    let settings = NodeCore.Settings(
      networkDelayMs: parts.configuration.networkDelayMs,
      batchBytesPerAuthor: 2 * parts.configuration.poolBytes)
    ordering = { [execution, links] in
      let core: NodeCore
      do throws(NodeCoreFault) {
        core = try NodeCore(
          ledger: ledger, executor: parts.executor,
          identity: NodeCore.Identity(id: parts.id) { bytes throws(CryptographyFault) in
            try Stages.time(stages.sign) { () throws(CryptographyFault) in
              try ledger.suite.sign(bytes.span, with: parts.key)
            }
          },
          intake: admission.intake, settings: settings)
      } catch {
        throw NodeFault.core(error)
      }
      return OrderingDriver(
        core: core, ledger: ledger,
        batchCheck: BatchCheck(
          suite: ledger.suite, chainID: ledger.genesis.chainID, key: admission.signingKey),
        execution: execution, links: links, checkers: checkers, workers: workers,
        submissions: submissions,
        watch: watch, stages: stages, logger: logger, mailbox: mailbox, clock: Clock.now,
        epochBegan: { epoch in
          do {
            try allowed.refresh()
            links.setPeers(allowed.addresses)
            if !isRegistered() {
              logger.warning(
                "no node of this epoch has this key: nobody links it",
                metadata: ["key": "\(parts.id)", "epoch": "\(epoch.number)"])
            }
            try admission.refresh()
          } catch {
            failure.report(error)
            mailbox.send(.stop)
          }
        })
    }
    let service = LedgerService(
      ledger: ledger, store: parts.store, admission: admission, submissions: submissions,
      mailbox: mailbox, watch: watch, proven: proven, logged: logged, workers: workers,
      stages: stages, links: links, isRegistered: isRegistered,
      name: parts.configuration.name, failure: failure,
      clock: { Clock.now().wallMs })
    do {
      api = try APIServer(service: service, configuration: parts.apiConfiguration, logger: logger)
    } catch {
      throw .api("\(error)")
    }
    apiAddress = "\(parts.configuration.apiHost):\(parts.configuration.apiPort)"
    linkAddress = "\(parts.configuration.linkHost):\(parts.configuration.linkPort)"
    self.ledger = ledger
    self.submissions = submissions
    self.mailbox = mailbox
    self.failure = failure
    self.logger = logger
  }

  /// Runs until a graceful shutdown, or until the ledger can no longer be written.
  public func run() async throws {
    logger.info(
      "node starts",
      metadata: [
        "chain": "\(ledger.genesis.chainID)", "height": "\(ledger.tip?.header.height ?? 0)",
        "api": "\(apiAddress)", "epoch": "\(ledger.epoch.number)",
      ])
    workers.start()
    checkers.start()
    let threads = DispatchGroup()
    start("ordering", threads) { [ordering, failure] in
      do { try ordering().run() } catch { failure.report(error) }
    }
    start("execution", threads) { [execution] in execution.runExecution() }
    start("writing", threads) { [execution] in execution.runWriting() }
    var serving: (any Error)?
    do {
      try await withGracefulShutdownHandler {
        try await withFailure { [api, apiAddress, links, linkAddress] in
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
              do { try await links.run() } catch let error as IOError {
                throw NodeFault.links(Self.reason(error, at: linkAddress))
              }
            }
            group.addTask {
              do { try await api.run() } catch let error as IOError {
                throw NodeFault.api(Self.reason(error, at: apiAddress))
              }
            }
            defer { group.cancelAll() }
            try await group.next()
          }
        }
      } onGracefulShutdown: { [submissions] in
        submissions.close(.stopping)
      }
    } catch {
      serving = error
    }
    mailbox.send(.stop)
    execution.stop()
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      threads.notify(queue: .global()) { done.resume() }
    }
    submissions.close(.stopping)
    try? await workers.shutdownGracefully()
    try? await checkers.shutdownGracefully()
    logger.info("node stopped", metadata: ["height": "\(ledger.tip?.header.height ?? 0)"])
    if let error = failure.error ?? serving { throw error }
  }

  /// Why an address cannot be listened at, with what an operator can do.
  private static func reason(_ error: IOError, at address: String) -> String {
    switch error.errnoCode {
    case EADDRINUSE:
      "another process listens at \(address): stop it, or name another port in node.json"
    case EADDRNOTAVAIL:
      "\(address) is no address of this machine: name one of its own in node.json"
    case EACCES: "not allowed to listen at \(address): name a port from 1024 on in node.json"
    default: "\(address): \(error)"
    }
  }

  private func start(
    _ name: String, _ threads: DispatchGroup, _ body: @escaping @Sendable () -> Void
  ) {
    threads.enter()
    let thread = Thread {
      body()
      threads.leave()
    }
    thread.name = name
    thread.stackSize = 8 * 1_024 * 1_024
    thread.start()
  }

  /// Runs `body`, ending it early if a driver fails.
  private func withFailure(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(operation: body)
      group.addTask { [failure, submissions, logger] in
        guard let error = await failure.wait() else { return }
        logger.critical("node stops", metadata: ["reason": "\(error)"])
        submissions.close(.stopping)
        throw error
      }
      defer {
        failure.release()
        group.cancelAll()
      }
      try await group.next()
    }
  }
}

extension Problem {
  static let stopping = Problem(
    "node.stopping", status: 503, field: "node", value: "",
    remedy: "the node stops: submit the same transaction again later or to another node, it is "
      + "executed at most once", retryAfter: 5)
}
