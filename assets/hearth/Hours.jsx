// Quiet hours: two times of the reader's own day, kept as minutes.
import { prefer, usePreferences } from "./prefs";

const shown = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function minutesOf(value) {
  const [hours, minutes] = value.split(":").map(Number);
  return Number.isFinite(hours) && Number.isFinite(minutes) ? hours * 60 + minutes : null;
}

function Time({ name, label }) {
  const value = usePreferences()[name];
  const take = (event) => {
    const minutes = minutesOf(event.target.value);
    if (minutes !== null) prefer(name, minutes);
  };
  return (
    <label className="hour">
      <span>{label}</span>
      <input type="time" value={shown(value)} onChange={take} />
    </label>
  );
}

export function Hours({ label, hint, fromLabel, toLabel }) {
  return (
    <fieldset className="setting hours">
      <legend className="field-label">{label}</legend>
      <div className="hours-line">
        <Time name="quiet_from" label={fromLabel} />
        <Time name="quiet_to" label={toLabel} />
      </div>
      <p className="muted">{hint}</p>
    </fieldset>
  );
}
