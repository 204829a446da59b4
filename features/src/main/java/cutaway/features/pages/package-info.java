/// Feature pages: what each latent of a dictionary fires on, what it writes, which others it is near, and what removing
/// or amplifying it does, as tables. Read [cutaway.features.pages.Pages] first, which makes them, then
/// [cutaway.features.pages.FeaturePages], which reads them.
@NullMarked
package cutaway.features.pages;

import org.jspecify.annotations.NullMarked;
