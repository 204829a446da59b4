package cutaway.server;

import cutaway.interp.edit.Source;
import cutaway.interp.explain.Prompts;
import cutaway.lab.Lab;
import cutaway.server.api.Limits;
import cutaway.server.api.Route;
import cutaway.server.attention.AttentionAnswers;
import cutaway.server.attention.AttentionWork;
import cutaway.server.attention.JointAnswers;
import cutaway.server.attention.JointWork;
import cutaway.server.attention.Overviews;
import cutaway.server.features.Dictionaries;
import cutaway.server.features.FeatureAnswers;
import cutaway.server.features.FeatureRuns;
import cutaway.server.features.PagesWork;
import cutaway.server.http.Guard;
import cutaway.server.http.HttpServer;
import cutaway.server.http.Mounted;
import cutaway.server.job.JobAnswers;
import cutaway.server.job.Jobs;
import cutaway.server.lab.CapacityAnswers;
import cutaway.server.lab.ContextWork;
import cutaway.server.lab.SignWork;
import cutaway.server.lab.ToyWork;
import cutaway.server.ledger.HeldOutWork;
import cutaway.server.ledger.Ledger;
import cutaway.server.ledger.LedgerAnswers;
import cutaway.server.lens.EffectWork;
import cutaway.server.lens.ExplainWork;
import cutaway.server.lens.FitAnswers;
import cutaway.server.lens.LensAnswers;
import cutaway.server.lens.ProbeAnswers;
import cutaway.server.lens.RelationAnswers;
import cutaway.server.mcp.Address;
import cutaway.server.mcp.McpServers;
import cutaway.server.model.Desk;
import cutaway.server.model.OpenModels;
import cutaway.server.model.Reading;
import cutaway.server.model.Turns;
import cutaway.server.studies.StudyAnswers;
import cutaway.server.studies.StudyWork;
import cutaway.server.sweep.SweepWork;
import cutaway.server.tables.Scorers;
import cutaway.server.tables.ScoringWork;
import cutaway.server.tables.TableAnswers;
import cutaway.server.tables.Tables;
import cutaway.server.tables.WhatIfAnswers;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The workbench: models, jobs and ledger of one user, in one folder of theirs.
///
///     try (Workbench workbench = Workbench.open(settings);
///             HttpServer server = workbench.serve("127.0.0.1", 7979, Optional.empty())) { ... }
public final class Workbench implements AutoCloseable {

    /// @param folder where jobs and claims are kept; made where it is missing
    /// @param models names or paths; the first is the usual one
    /// @param memory bytes of native memory for the weights of all open models
    /// @param studies folder with results of studies, `ID.json`; empty where there is none
    /// @param version of Cutaway
    /// @param dictionaries that are offered beside those in the folder
    public record Settings(
            Path folder,
            List<String> models,
            long memory,
            Limits limits,
            Optional<Path> studies,
            String version,
            Dictionaries.Places dictionaries) {

        /// Without dictionaries but those in the folder.
        public Settings(
                Path folder, List<String> models, long memory, Limits limits, Optional<Path> studies, String version) {
            this(folder, models, memory, limits, studies, version, Dictionaries.Places.NONE);
        }
    }

    /// What the server is.
    ///
    /// @param models that can be named
    /// @param memory bytes for the weights of all open models
    public record About(String version, List<OpenModels.Offered> models, long memory) {}

    /// Jobs that go on at a time, taking turns at each step; as many again of those that a page waits for.
    private static final int JOBS = 2;

    private final Settings settings;
    private final FolderLock lock;
    private final OpenModels models;
    private final Desk desk;
    private final Jobs jobs;
    private final FeatureAnswers features;
    private final Scorers scorers;
    private final List<Route<?, ?>> routes = new ArrayList<>();
    private final List<McpServers.Http> served = new ArrayList<>();

    private Workbench(Settings settings, FolderLock lock) {
        this.settings = settings;
        this.lock = lock;
        Turns turns = new Turns();
        Limits limits = settings.limits();
        this.models = new OpenModels(settings.models(), settings.memory());
        this.desk = new Desk(turns, limits.waiting());
        Reading reading = new Reading(models, desk, limits);
        Dictionaries dictionaries = new Dictionaries(settings.dictionaries(), settings.folder());
        Ledger ledger = new Ledger(settings.folder().resolve("ledger"));
        Tables tables = new Tables(settings.folder());
        Overviews overviews = new Overviews();
        this.scorers = new Scorers(settings.folder(), models, limits);
        this.jobs = new Jobs(
                settings.folder().resolve("jobs"),
                List.of(
                        new ExplainWork(models, limits, settings.version()),
                        new EffectWork(models, limits),
                        new AttentionWork(models, limits, overviews),
                        new HeldOutWork(ledger, models, limits),
                        new StudyWork(models, settings.version()),
                        new ToyWork(Lab.usual()),
                        new ContextWork(models),
                        new SignWork(models),
                        new SweepWork(settings.folder().resolve("sweeps"), models, limits, settings.version()),
                        new JointWork(models, limits),
                        new PagesWork(
                                settings.folder().resolve("unfinished-pages"),
                                dictionaries,
                                models,
                                settings.version()),
                        new ScoringWork(tables, scorers)),
                turns,
                JOBS,
                limits.waiting());
        routes.add(Route.get(
                "/api/about",
                "What this server is, and the models that can be named.",
                About.class,
                at -> new About(settings.version(), models.offered(), settings.memory())));
        routes.addAll(new LensAnswers(reading).routes());
        routes.addAll(new RelationAnswers(settings.folder(), reading).routes());
        routes.addAll(new FitAnswers(settings.folder(), reading).routes());
        routes.addAll(new ProbeAnswers(settings.folder(), reading).routes());
        routes.addAll(new AttentionAnswers(reading, overviews).routes());
        routes.addAll(new CapacityAnswers(reading).routes());
        routes.addAll(new JointAnswers(reading, limits).routes());
        routes.addAll(new LedgerAnswers(ledger, reading).routes());
        routes.addAll(new StudyAnswers(settings.studies(), jobs).routes());
        this.features = new FeatureAnswers(dictionaries, settings.folder(), reading);
        routes.addAll(features.routes());
        routes.addAll(new FeatureRuns(dictionaries, features, reading).routes());
        routes.addAll(new TableAnswers(tables).routes());
        routes.addAll(new WhatIfAnswers(tables, scorers, jobs, desk).routes());
        routes.addAll(new JobAnswers(jobs).routes());
    }

    /// Opens the folder, and takes up the jobs that the last server left there.
    ///
    /// @throws BadInputException when nothing can be written there, or another workbench has it open
    public static Workbench open(Settings settings) {
        FolderLock lock;
        try {
            WritableFolder.check(settings.folder());
            lock = FolderLock.of(settings.folder());
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write into \"" + settings.folder() + "\": " + e.getMessage()
                            + "; give --folder another, which is made where it is missing.",
                    e);
        }
        Workbench workbench = new Workbench(settings, lock);
        workbench.jobs.resume();
        return workbench;
    }

    /// All that can be asked.
    public List<Route<?, ?>> routes() {
        return List.copyOf(routes);
    }

    /// Opens the usual model and asks it something small, so that the first reader does not wait for it.
    public void warmUp() {
        try (OpenModels.Lease lease = models.use("")) {
            desk.ask(() -> Prompts.next(
                    lease.model().model(), Source.of(new int[1], List.of()))); // any text may be none of its words
        }
    }

    /// Starts to listen.
    ///
    /// @param host an address of this machine
    /// @param token that questions must carry; needed for any address but this machine's own
    /// @throws BadInputException when others reach the address and there is no token, or it cannot be listened on
    public HttpServer serve(String host, int port, Optional<String> token) {
        if (!isLoopback(host) && token.isEmpty()) {
            throw new BadInputException("--host " + host
                    + " lets other machines ask, and needs a token; give --token, or leave --host out.");
        }
        CompletableFuture<Address> address = new CompletableFuture<>();
        McpServers.Http agents =
                new McpServers(routes(), jobs, settings.limits(), settings.version(), address::join).http();
        served.add(agents);
        HttpServer server = HttpServer.start(
                host,
                port,
                new Guard(names(host), token),
                settings.limits(),
                new HttpServer.Served(
                        routes(), jobs, List.of(new Mounted(McpServers.PATH, agents.servlet())), settings.version()));
        address.complete(Address.of(host, server.port(), token.isPresent()));
        return server;
    }

    /// The same for agents, with no server over HTTP.
    public McpServers agents() {
        return new McpServers(routes(), jobs, settings.limits(), settings.version());
    }

    /// With which names this server may be called: its own; for an address that others reach also that, or all
    /// addresses of this machine where it stands for all.
    private static Set<String> names(String host) {
        Set<String> names = new HashSet<>(Set.of("127.0.0.1", "localhost", "[::1]"));
        if (isLoopback(host)) {
            return names;
        }
        names.add(host.toLowerCase(Locale.ROOT));
        if (Set.of("0.0.0.0", "::", "[::]").contains(host)) {
            try {
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .map(InetAddress::getHostAddress)
                        .map(address -> address.contains(":") ? "[" + address.replaceFirst("%.*", "") + "]" : address)
                        .forEach(names::add);
                names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
            } catch (IOException e) {
                return names; // then it is called by its own name alone
            }
        }
        return names;
    }

    /// Whether only this machine reaches an address.
    public static boolean isLoopback(String host) {
        return Set.of("127.0.0.1", "localhost", "::1", "[::1]").contains(host.toLowerCase(Locale.ROOT));
    }

    /// Stops what is going on; jobs are taken up when the workbench is opened again.
    @Override
    public void close() {
        served.forEach(McpServers.Http::close);
        jobs.close();
        desk.close();
        features.close();
        scorers.close();
        models.close();
        lock.close();
    }
}
