import type { About } from "../record/routes";
import { Mark } from "../views/TitleBlock";
import { useAddress, VIEWS, type Address, type View } from "./address";
import { ask } from "./client";
import { DataView } from "./data/DataView";
import { AttentionView } from "./attention/AttentionView";
import { FeaturesView } from "./features/FeaturesView";
import { JobsCorner } from "./jobs/JobsCorner";
import { LabView } from "./lab/LabView";
import { LedgerView } from "./ledger/LedgerView";
import { LensView } from "./lens/LensView";
import { Failed, Waiting } from "./states";
import { StudiesView } from "./studies/StudiesView";
import { useAnswer } from "./useAnswer";
import { ViewLink } from "./ViewLink";

const NAMES: Record<View, string> = {
  lens: "Lens",
  attention: "Attention",
  features: "Features",
  data: "Data",
  studies: "Studies",
  lab: "Lab",
  ledger: "Ledger",
};

/** What a view is given: where the reader is, a way to go elsewhere, and what the server is. */
export interface ViewProps {
  address: Address;
  go: (to: Address, replace?: boolean) => void;
  about: About;
}

/** The whole page: the strip with the views' names, and the view that the address names. */
export function Workbench() {
  const [address, go] = useAddress();
  const about = useAnswer("about", (signal) => ask("GET /api/about", null, {}, signal));
  return (
    <>
      <Strip address={address} go={go} version={about.state === "here" ? about.value.version : ""} />
      {about.state === "here" && <Shown address={address} go={go} about={about.value} />}
      {about.state === "asked" && <Waiting words="The server is asked." />}
      {about.state === "failed" && <Failed message={about.message} again={about.again} />}
    </>
  );
}

function Shown(props: ViewProps) {
  switch (props.address.view) {
    case "attention":
      return <AttentionView {...props} />;
    case "lab":
      return <LabView {...props} />;
    case "ledger":
      return <LedgerView {...props} />;
    case "features":
      return <FeaturesView {...props} />;
    case "data":
      return <DataView {...props} />;
    case "studies":
      return <StudiesView {...props} />;
    default:
      return <LensView {...props} />;
  }
}

function Strip(props: { address: Address; go: ViewProps["go"]; version: string }) {
  const { address, go } = props;
  return (
    <div className="strip">
      <Mark />
      <nav aria-label="Views">
        {VIEWS.map((view) => (
          <ViewLink key={view} to={{ view, of: carried(address) }} go={go} isHere={view === address.view}>
            {NAMES[view]}
          </ViewLink>
        ))}
      </nav>
      <span className="soft version">{props.version}</span>
      <JobsCorner go={go} />
    </div>
  );
}

/** What one view hands to another: the model and the prompt. */
function carried({ of }: Address): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["model", "prompt"]) if (of[name] !== undefined) kept[name] = of[name];
  return kept;
}
